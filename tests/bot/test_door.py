"""Rules of who is let in: pictures of someone's home are not for strangers."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from fakes.store import FakeStore

from coopwatch.bot.door import Door, Standing, Visitor
from coopwatch.errors import StoreError
from coopwatch.ports import Subscriber

SINCE = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)


def private(person: int) -> Visitor:
    return Visitor(chat=f"telegram:{person}", name=f"Person {person}", person=f"telegram:{person}")


def group(number: int, person: int) -> Visitor:
    return Visitor(chat=f"telegram:{number}", name=f"Group {number}", person=f"telegram:{person}")


def subscriber(visitor: Visitor) -> Subscriber:
    return Subscriber(chat=visitor.chat, name=visitor.name, since=SINCE)


async def door(*visitors: Visitor, store: FakeStore | None = None) -> Door:
    entered = Door(store or FakeStore())
    for visitor in visitors:
        assert await entered.welcome(subscriber(visitor), visitor)
    return entered


@pytest.mark.parametrize(
    ("inside", "visitor", "expected"),
    [
        ([], private(5), Standing.FIRST),
        ([private(5)], private(5), Standing.KNOWN),
        ([private(5)], private(6), Standing.STRANGER),
        ([private(5)], group(-7, person=5), Standing.KNOWN),
        ([private(5)], group(-7, person=6), Standing.STRANGER),
        ([private(5), group(-7, person=5)], group(-7, person=6), Standing.KNOWN),
        ([private(5), group(-7, person=5)], private(6), Standing.STRANGER),
    ],
)
async def test_chats_that_subscribed_and_people_that_did_are_known(
    inside: list[Visitor], visitor: Visitor, expected: Standing
) -> None:
    assert await (await door(*inside)).standing(visitor) is expected


async def test_who_stopped_is_still_the_keeper() -> None:
    store = FakeStore()
    entered = await door(private(5), store=store)
    await store.unsubscribe(private(5).chat)
    assert await entered.standing(private(5)) is Standing.KNOWN
    assert not await entered.welcome(subscriber(private(6)), private(6))


async def test_the_terminal_is_nobody_to_know() -> None:
    store = FakeStore()
    await store.subscribe(Subscriber(chat="terminal", name="terminal", since=SINCE))
    assert await (await door(store=store)).standing(private(5)) is Standing.FIRST


async def test_of_two_first_chats_at_the_same_moment_one_is_the_keepers() -> None:
    class Slow(FakeStore):
        async def subscribe(self, subscriber: Subscriber) -> None:
            await asyncio.sleep(0)
            await super().subscribe(subscriber)

    entered = await door(store=Slow())
    people = [private(person) for person in range(5, 9)]
    let_in = await asyncio.gather(*(entered.welcome(subscriber(person), person) for person in people))
    assert sum(let_in) == 1


async def test_while_the_store_is_broken_those_remembered_are_known() -> None:
    store = FakeStore()
    entered = await door(private(5), store=store)
    store.broken = "the database is locked"
    assert await entered.standing(private(5)) is Standing.KNOWN
    assert await entered.standing(private(6)) is Standing.STRANGER


async def test_nobody_becomes_the_keeper_through_a_broken_store() -> None:
    store = FakeStore()
    entered = await door(store=store)
    store.broken = "the database is locked"
    with pytest.raises(StoreError, match="the database is locked"):
        await entered.standing(private(6))


async def test_a_store_that_hangs_does_not_keep_a_chat_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(FakeStore):
        hangs = False

        async def subscribers(self, *, suspended: bool = False) -> Sequence[Subscriber]:
            if self.hangs:
                await asyncio.Event().wait()
            return await super().subscribers(suspended=suspended)

    monkeypatch.setattr("coopwatch.bot.door.PATIENCE_SECONDS", 0.01)
    store = Hanging()
    entered = await door(private(5), store=store)
    store.hangs = True
    assert await entered.standing(private(5)) is Standing.KNOWN
