"""Rules of who is let in: pictures of someone's home are not for strangers."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from fakes.store import FakeStore

from coopwatch.bot.door import ALL_TRIES, SENTENCES, TRIES, TURN, Door, Standing, Visitor
from coopwatch.bot.pairing import make_invitation
from coopwatch.errors import StoreError
from coopwatch.subscriber import Subscriber, SubscriberRole

NOW = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
KEEPER, VIEWER = SubscriberRole.KEEPER, SubscriberRole.VIEWER


def private(person: int) -> Visitor:
    return Visitor(chat=f"telegram:{person}", name=f"Person {person}", person=f"telegram:{person}")


def group(number: int, person: int, thread: int | None = None) -> Visitor:
    return Visitor(chat=f"telegram:{number}", name=f"Group {number}", person=f"telegram:{person}", thread=thread)


async def store_with(*inside: tuple[Visitor, SubscriberRole]) -> FakeStore:
    store = FakeStore()
    for visitor, role in inside:
        await store.subscribe(Subscriber(chat=visitor.chat, name=visitor.name, since=NOW, role=role))
    return store


async def invited(store: FakeStore, role: SubscriberRole = KEEPER) -> str:
    code, invitation = make_invitation(role, NOW)
    await store.invite(invitation)
    return code


@pytest.mark.parametrize(
    ("inside", "visitor", "expected"),
    [
        ([], private(5), Standing.STRANGER),
        ([(private(5), KEEPER)], private(5), Standing.KEEPER),
        ([(private(5), VIEWER)], private(5), Standing.VIEWER),
        ([(private(5), KEEPER)], private(6), Standing.STRANGER),
        ([(private(5), KEEPER)], group(-7, person=5), Standing.KEEPER),
        ([(private(5), KEEPER)], group(-7, person=6), Standing.STRANGER),
        ([(private(5), KEEPER), (group(-7, 5), VIEWER)], group(-7, person=6), Standing.VIEWER),
        ([(private(5), KEEPER), (group(-7, 5), VIEWER)], group(-7, person=5), Standing.KEEPER),
        ([(private(5), KEEPER), (group(-7, 5), VIEWER)], private(6), Standing.STRANGER),
        ([(group(-7, 5), KEEPER)], group(-7, person=6), Standing.KEEPER),
    ],
)
async def test_a_person_may_what_they_or_their_group_may(
    inside: list[tuple[Visitor, SubscriberRole]], visitor: Visitor, expected: Standing
) -> None:
    assert await Door(await store_with(*inside)).standing(visitor) is expected


async def test_who_stopped_is_still_the_keeper() -> None:
    store = await store_with((private(5), KEEPER))
    await store.unsubscribe(private(5).chat)
    door = Door(store)
    assert await door.standing(private(5)) is Standing.KEEPER
    assert await door.enter(private(5), "", at=NOW) is not None
    assert [one.chat for one in await store.subscribers()] == [private(5).chat]


async def test_the_terminal_opens_no_door() -> None:
    store = FakeStore()
    await store.subscribe(Subscriber(chat="terminal", name="terminal", since=NOW))
    assert await Door(store).standing(private(5)) is Standing.STRANGER


@pytest.mark.parametrize("written", [str, str.lower, lambda code: f" {code[:4]}-{code[4:]} "])
async def test_a_code_lets_in_however_it_is_written(written: Callable[[str], str]) -> None:
    store = FakeStore()
    code = await invited(store)
    let_in = await Door(store).enter(private(5), written(code), at=NOW)
    assert let_in is not None
    assert let_in.role is KEEPER


async def test_of_many_who_use_a_code_at_the_same_moment_one_comes_in() -> None:
    class Slow(FakeStore):
        async def subscribe(self, subscriber: Subscriber) -> None:
            await asyncio.sleep(0)
            await super().subscribe(subscriber)

    store = Slow()
    code = await invited(store)
    door = Door(store)
    let_in = await asyncio.gather(*(door.enter(private(person), code, at=NOW) for person in range(5, 9)))
    assert sum(one is not None for one in let_in) == 1


async def test_a_topic_is_where_the_group_was_let_in() -> None:
    store = FakeStore()
    let_in = await Door(store).enter(group(-7, person=6, thread=12), await invited(store, VIEWER), at=NOW)
    assert let_in is not None
    assert (let_in.chat, let_in.thread, let_in.role) == ("telegram:-7", 12, VIEWER)


@pytest.mark.parametrize(("role", "comes_in"), [(KEEPER, True), (VIEWER, False)])
async def test_a_keeper_may_bring_the_bot_into_a_group_and_a_viewer_may_not(
    role: SubscriberRole, comes_in: bool
) -> None:
    door = Door(await store_with((private(5), role)))
    let_in = await door.enter(group(-7, person=5), "", at=NOW)
    assert (let_in is not None) == comes_in
    assert await door.standing(group(-7, person=6)) is (Standing.VIEWER if comes_in else Standing.STRANGER)


async def test_who_guesses_codes_is_soon_not_listened_to_and_later_again() -> None:
    store = FakeStore()
    code = await invited(store)
    door = Door(store)
    for _ in range(TRIES):
        assert await door.enter(private(6), "WRONGONE", at=NOW) is None
    assert await door.enter(private(6), code, at=NOW) is None
    assert await door.enter(private(6), code, at=NOW + TURN) is not None


async def test_many_who_guess_together_get_no_more_tries_than_all_may_have() -> None:
    store = FakeStore()
    code = await invited(store)
    door = Door(store)
    for person in range(ALL_TRIES):
        assert await door.enter(private(100 + person), "WRONGONE", at=NOW) is None
    assert await door.enter(private(6), code, at=NOW) is None


def test_a_stranger_gets_a_sentence_an_hour_and_a_crowd_only_a_few() -> None:
    door = Door(FakeStore())
    assert [door.may_answer(private(6), at=NOW) for _ in range(3)] == [True, False, False]
    assert sum(door.may_answer(private(100 + person), at=NOW) for person in range(100)) == SENTENCES - 1
    assert door.may_answer(private(6), at=NOW + TURN)


async def test_while_the_store_is_broken_those_remembered_are_known() -> None:
    store = await store_with((private(5), KEEPER))
    door = Door(store)
    await door.standing(private(5))
    store.broken = "the database is locked"
    assert await door.standing(private(5)) is Standing.KEEPER
    assert await door.standing(private(6)) is Standing.STRANGER


async def test_nobody_comes_in_through_a_broken_store() -> None:
    store = FakeStore()
    code = await invited(store)
    door = Door(store)
    store.broken = "the database is locked"
    with pytest.raises(StoreError, match="the database is locked"):
        await door.standing(private(6))
    with pytest.raises(StoreError, match="the database is locked"):
        await door.enter(private(6), code, at=NOW)


async def test_a_store_that_hangs_does_not_keep_a_chat_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(FakeStore):
        hangs = False

        async def subscribers(self, *, suspended: bool = False) -> Sequence[Subscriber]:
            if self.hangs:
                await asyncio.Event().wait()
            return await super().subscribers(suspended=suspended)

    monkeypatch.setattr("coopwatch.bot.door.PATIENCE_SECONDS", 0.01)
    store = Hanging()
    await store.subscribe(Subscriber(chat=private(5).chat, name="Ann", since=NOW, role=KEEPER))
    door = Door(store)
    await door.standing(private(5))
    store.hangs = True
    assert await door.standing(private(5)) is Standing.KEEPER
