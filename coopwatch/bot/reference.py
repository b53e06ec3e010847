"""The table of commands as a page of the documentation: `python -m coopwatch.bot.reference > PAGE`."""

import sys

from coopwatch.bot.commands import COMMANDS
from coopwatch.core.kinds import GROUPS
from coopwatch.locale.catalogue import LANGUAGES
from coopwatch.subscriber import SubscriberRole

_HEAD = """\
# Commands of the bot

Write them in the chat with the bot, in upper or lower case; in a group also as `/status@name_of_the_bot`. A *viewer*
may send all but those marked *keeper*.

| command | gives | who |
|---|---|---|
"""
_TAIL = """
- The kinds of `/mute` are {kinds}, or how `/settings`
  calls them. `/mute` alone is for two hours; a time is written in minutes, hours, days or weeks (`90 min`, `1h30m`,
  `3 days`), thirty days at most, in English or in the chat's language. What a time held back is told afterwards, or at
  `/unmute`; what a kind holds back is not.
- After `/stop`, a chat may still ask; `/subscribers` shows that it gets no messages.
- The languages of `/settings` are {languages}.
  A new chat begins with the language of the app that wrote `/start`.

## Buttons

Under the photo of a hen or an egg, a keeper finds *Right*, *Wrong* and *Nothing there*. *Wrong* offers the names, the
likeliest first. What a person says counts from then on: in the message, in `/status`, in all statistics; who said it is
kept, and the last word can be changed under the same message. A press under an old message is about what that message
showed, and a second tap changes nothing. The other messages about the visit, in all chats, change silently; digests do
not.
"""


def reference() -> str:
    """The page."""
    rows = "".join(f"| `{_usage(one.name, one.argument)}` | {one.does} | {_who(one.role)} |\n" for one in COMMANDS)
    kinds = ", ".join(f"`{group.key}`" for group in GROUPS)
    return _HEAD + rows + _TAIL.format(kinds=kinds, languages=", ".join(LANGUAGES.values()))


def _usage(name: str, argument: str) -> str:
    return f"/{name} {argument}".strip().replace("|", "\\|")


def _who(role: SubscriberRole) -> str:
    return "keeper" if role is SubscriberRole.KEEPER else "all"


if __name__ == "__main__":
    sys.stdout.write(reference())
