"""How one chat is spoken to: in its language, with the coop's own names, by the coop's clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from gettext import NullTranslations

Names = Mapping[str, str]
"""Label -> how it is called in the chat; a label without a name is told as it is."""

ENGLISH = NullTranslations()
"""The language that the texts in the code are written in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Everything that makes an English text of ours what a reader gets to read.

    The texts handed to `say`, `count`, `named` and `marked` are collected for the catalogues: each must be a literal.
    """

    names: Names
    zone: tzinfo
    words: NullTranslations = ENGLISH  # the catalogue; who opens files hands it in

    def say(self, text: str, **parts: object) -> str:
        """The text in the reader's language, its {parts} filled in."""
        return self.words.gettext(text).format(**parts)

    def known(self, text: str) -> str:
        """A text that came from elsewhere, such as the reason of a trouble: in the reader's language if it is there."""
        return self.words.gettext(text) if text else ""

    def decimal(self, number: float) -> str:
        """A number with one decimal, with the reader's mark before it."""
        return f"{number:.1f}".replace(".", self.named("decimal mark", "."))

    def count(self, one: str, many: str, number: int, **parts: object) -> str:
        """The form of the text that goes with {number}; languages have one to three."""
        return self.words.ngettext(one, many, number).format(number=number, **parts)

    def named(self, context: str, text: str, **parts: object) -> str:
        """The text where it means what `context` says: "left" of a nest is not "left" of a hen."""
        return self.words.pgettext(context, text).format(**parts)


FOR_LOGS = Voice(names={}, zone=UTC)
"""English, for logs and their readers."""


def marked(text: str) -> str:
    """The text itself; marks a literal that a table holds and `say` says later."""
    return text
