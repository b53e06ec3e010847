"""Rules of the search for a message that may have arrived."""

from pathlib import Path

import pytest
from fakes.store import FakeStore
from telegram.error import BadRequest

from coopwatch.bot.pace import Pace
from coopwatch.bot.post import Look, Post
from coopwatch.bot.uploads import Photo, Uploads
from coopwatch.values import Told

CHAT = 5
EGG = "An egg by Hilda"


class FakeBot:
    """Edits of messages, refused as the Bot API refuses them."""

    def __init__(self, messages: dict[int, Told], texts: dict[int, str]) -> None:
        self.messages = messages
        self.texts = texts

    async def edit_message_caption(self, chat_id: int, message_id: int, *, caption: str, **_: object) -> None:
        self._edit(message_id, caption, has_photo=True)

    async def edit_message_text(self, text: str, chat_id: int, message_id: int, **_: object) -> None:
        self._edit(message_id, text, has_photo=False)

    def _edit(self, number: int, text: str, *, has_photo: bool) -> None:
        if number not in self.messages:
            raise BadRequest("Message to edit not found")
        if self.messages[number].has_photo != has_photo:
            raise BadRequest(f"There is no {'caption' if has_photo else 'text'} in the message to edit")
        if self.texts[number] == text:
            raise BadRequest("Message is not modified: ...")
        self.texts[number] = text


@pytest.mark.parametrize(
    ("photo", "stands", "has_photo", "found"),
    [
        ("a.jpg", EGG, True, True),
        ("a.jpg", EGG, False, True),  # its photo was refused, or came later
        ("a.jpg", "Status: all is well", False, True),  # an answer to a person: it tells of the egg from now on
        (None, EGG, False, True),
        (None, "A photo of another event", True, False),  # was taken for it unchanged, so that its text was lost
    ],
)
async def test_what_is_found_tells_what_was_looked_for(
    photo: str | None, stands: str, has_photo: bool, found: bool, tmp_path: Path
) -> None:
    there = Told(message_id=8, has_photo=has_photo)
    bot = FakeBot({8: there}, {8: stands})
    post = Post(bot, Uploads(FakeStore(), tmp_path), Pace())
    told = await post.find(CHAT, Look(text=EGG, photo=photo and Photo(path=photo)), [7, 8, 9], set())
    assert told == (there if found else None)
    assert bot.texts[8] == (EGG if found else stands)
