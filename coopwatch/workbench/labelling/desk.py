"""What a person says of pictures in; their rows on the shelf, and the pictures to ask about next, out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from coopwatch.errors import DatasetError
from coopwatch.values import Role
from coopwatch.vision.card import Label
from coopwatch.workbench.labelling.batch import Alike, Batch, Matrix
from coopwatch.workbench.pictures.dataset import Picture, recorded_roles
from coopwatch.workbench.pictures.record import Row
from coopwatch.workbench.pictures.roles import make_labels
from coopwatch.workbench.pictures.shelf import Shelf

LATELY = 50  # pictures by which it is judged whether a model would know the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What was said of some pictures at once; `label` None: put aside."""

    rows: tuple[int, ...]
    label: str | None
    hits: tuple[bool, ...] = ()  # of pictures by chance: whether the guess was right
    replaced: tuple[Row, ...] = ()  # what the shelf had of them before, such as labels by a model


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How much there is of a label."""

    label: str
    pictures: int
    days: int


class Desk:
    """Asks, takes answers and saves each at once; what was said in an earlier session is known.

    Args:
        pictures: each once, in any order; their labels mean nothing.
        features: (pictures, features), in the same order.
        shelf: the data set that takes what is said.
        offered: labels to choose from before any was said.
        seed: of what is drawn by chance.
    """

    def __init__(
        self, pictures: Sequence[Picture], features: Matrix, shelf: Shelf, offered: Sequence[str], seed: int = 0
    ) -> None:
        self._pictures, self._shelf, self._offered = tuple(pictures), shelf, tuple(offered)
        self._alike, self._rng = Alike(features), np.random.default_rng(seed)
        places = {picture.sha256: row for row, picture in enumerate(pictures)}
        known = {row.sha256 or Path(row.file).stem: row.label for row in shelf.rows() if row.origin == "human"}
        self._known = {places[sha256]: label for sha256, label in known.items() if sha256 in places}
        self._sayings: list[Saying] = []
        self.batch = self._ask()

    @property
    def said(self) -> Mapping[int, str]:
        """Row of a picture -> its label, in this session and before."""
        here = {row: one.label for one in self._sayings if one.label is not None for row in one.rows}
        return self._known | here

    @property
    def left(self) -> int:
        """How many pictures nothing was said of."""
        return len(self._pictures) - len(self.said) - len(self._aside)

    @property
    def lately(self) -> tuple[int, int]:
        """(of how many pictures a model would have known the label, of how many asked), the newest by chance."""
        hits = [hit for one in self._sayings for hit in one.hits][-LATELY:]
        return sum(hits), len(hits)

    def counts(self) -> tuple[Count, ...]:
        """All labels that can be said, those of the shelf with how much there is of each."""
        rows = [row for row in self._shelf.rows() if row.origin == "human"]
        pictures = Counter(row.label for row in rows)
        days = Counter(label for label, _ in {(row.label, row.taken_at.date()) for row in rows if row.taken_at})
        names = dict.fromkeys((*self._offered, *sorted(pictures)))
        return tuple(Count(label=name, pictures=pictures[name], days=days[name]) for name in names)

    def picture(self, row: int) -> Picture:
        """One of the pictures; IndexError if there is no such row."""
        if row < 0:
            raise IndexError(row)
        return self._pictures[row]

    def say(self, rows: Sequence[int], label: str) -> None:
        """These pictures of the batch show that; they are saved before this returns, or nothing has happened.

        Raises:
            DatasetError: no pictures, others than were asked about, no name of a label, or the shelf cannot take it.
            PictureError: one does not decode any more.
        """
        self._require_asked(rows)
        require_label(label)
        rest, replaced = self._divide(rows)
        roles = recorded_roles((self._shelf.folder,), {row.label for row in rest})
        make_labels({label, *(row.label for row in rest)}, roles)
        self._shelf.write([*rest, *(self._shelf.store(replace(self.picture(row), label=label)) for row in rows)], roles)
        self._take(Saying(rows=tuple(rows), label=label, hits=self._hits(rows, label), replaced=replaced))

    def put_aside(self, rows: Sequence[int]) -> None:
        """Nobody can tell what these of the batch show: they are not asked about again in this session.

        Raises:
            DatasetError: no pictures, or others than were asked about.
        """
        self._require_asked(rows)
        self._take(Saying(rows=tuple(rows), label=None))

    def undo(self) -> None:
        """Take the last saying back and ask again; nothing happens where there is none.

        Raises:
            DatasetError: the shelf cannot take it.
        """
        if not self._sayings:
            return
        last = self._sayings[-1]
        if last.label is not None:
            rest, said = self._divide(last.rows)
            before = [*rest, *last.replaced]
            self._shelf.write(before, recorded_roles((self._shelf.folder,), {row.label for row in before}))
            self._shelf.remove({row.file for row in said} - {row.file for row in before})
        self._sayings.pop()
        self.batch = Batch(rows=last.rows, guess=None, is_by_chance=False)

    @property
    def _aside(self) -> frozenset[int]:
        return frozenset(row for one in self._sayings if one.label is None for row in one.rows)

    def _take(self, saying: Saying) -> None:
        self._sayings.append(saying)
        self.batch = self._ask()

    def _ask(self) -> Batch | None:
        return self._alike.next_batch(self.said, self._aside, len(self._sayings), self._rng)

    def _require_asked(self, rows: Sequence[int]) -> None:
        if not rows:
            raise DatasetError("received an answer about no picture, expected one at least; click one that is left out")
        if self.batch is None or not set(rows) <= set(self.batch.rows):
            raise DatasetError(
                "received an answer to another question, expected one about what is shown; load the page again"
            )

    def _hits(self, rows: Sequence[int], label: str) -> tuple[bool, ...]:
        """Pictures left out of a batch that is what was guessed were guessed wrong; of another batch, nobody knows."""
        if self.batch is None or self.batch.guess is None or not self.batch.is_by_chance:
            return ()
        is_right = label == self.batch.guess
        left_out = len(self.batch.rows) - len(rows) if is_right else 0
        return (*[is_right] * len(rows), *[False] * left_out)

    def _divide(self, rows: Sequence[int]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """(the shelf's rows of other pictures, those of these), as they may have been edited by hand meanwhile."""
        these = {self._pictures[row].sha256 for row in rows}
        parts: dict[bool, list[Row]] = {False: [], True: []}
        for row in self._shelf.rows():
            parts[(row.sha256 or Path(row.file).stem) in these].append(row)
        return tuple(parts[False]), tuple(parts[True])


def require_label(name: str) -> None:
    """Refuse what cannot be a label's name.

    Raises:
        DatasetError: it says what can.
    """
    try:
        Label(name=name, role=Role.HEN)
    except ValidationError as error:
        raise DatasetError(
            f"received the label {name!r}, expected letters from a to z, digits, '_', '-' and '.', at most 64; "
            "write it so"
        ) from error
