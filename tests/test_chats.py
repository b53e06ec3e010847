"""Other ways to talk, taken while the daemon runs: whole, or not at all."""

import asyncio
from contextlib import suppress
from typing import Self

import pytest
from fakes.store import FakeStore
from fakes.waiting import until

from coopwatch.chats import Chats, Terminal, Voices
from coopwatch.errors import StoreError


class Bot:
    """Notes whether it is open and listens; one that is `ill` cannot be opened."""

    def __init__(self, *, ill: bool = False) -> None:
        self.ill, self.is_open, self.listens = ill, False, False

    async def __aenter__(self) -> Self:
        if self.ill:
            raise OSError("too many open files")
        self.is_open = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self.is_open = False

    async def run(self) -> None:
        self.listens = True
        try:
            await asyncio.Event().wait()
        finally:
            self.listens = False


@pytest.mark.parametrize("after", ["after", None], ids=["another terminal", "no terminal"])
@pytest.mark.parametrize(("fault", "error"), [("disk full", StoreError), ("", OSError)], ids=["the store", "the bot"])
async def test_what_cannot_be_used_changes_neither_the_terminal_nor_the_bot(
    fault: str, error: type[Exception], after: str | None
) -> None:
    """The terminal was changed and the bot was not; or the old bot no longer listened."""
    store, old, new = FakeStore(), Bot(), Bot(ill=not fault)
    async with Chats(store=store, coop=None, terminal=Terminal(write=print)) as chats:
        await chats.use(Voices(origin="old", terminal="before", bot=old))
        living = asyncio.create_task(chats.run())
        await until(lambda: old.listens)
        wanted = Voices(origin="new", terminal=after, bot=new)
        store.broken = fault
        with pytest.raises(error):
            await chats.use(wanted)
        store.broken = ""
        assert chats.messengers == {"terminal": "before", "telegram": old}
        assert (old.is_open, old.listens, new.is_open) == (True, True, False)
        assert [one.chat for one in await store.subscribers()] == ["terminal"]
        new.ill = False
        await chats.use(wanted)
        await until(lambda: new.listens)
        assert chats.messengers == ({"terminal": after} if after else {}) | {"telegram": new}
        assert (old.is_open, old.listens, new.is_open, new.listens) == (False, False, True, True)
        living.cancel()
        with suppress(asyncio.CancelledError):
            await living
    assert not new.is_open
