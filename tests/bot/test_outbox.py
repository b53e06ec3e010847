"""Rules of the outbox: every message arrives, in order, and no chat waits for another."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fakes.delivery import alone
from fakes.messenger import FakeMessenger
from fakes.store import FakeStore

from coopwatch.bot.lane import PATIENCE
from coopwatch.bot.outbox import STORE_PAUSE, Outbox
from coopwatch.bot.retry import LONGEST_PAUSE
from coopwatch.clock import ManualClock
from coopwatch.core.memory import Memory
from coopwatch.errors import (
    BrokenOffError,
    ChatGoneError,
    ChatMovedError,
    RefusedError,
    StoreError,
    TryLaterError,
    UnknownOutcomeError,
    UserMustActError,
)
from coopwatch.subscriber import Subscriber
from coopwatch.values import Event, EventKind, Message, Told

BEGAN = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
ANN, BEN = "telegram:1", "telegram:2"


class Post:
    """An outbox at work on fakes, moved on by hand."""

    def __init__(self, store: FakeStore, messenger: FakeMessenger | None = None) -> None:
        self.clock = ManualClock(BEGAN)
        self.store = store
        self.messenger = messenger or FakeMessenger()
        self.outbox = Outbox(store, {"telegram": self.messenger}, self.clock, zone=lambda: UTC)
        self._told = 0

    async def subscribe(self, *chats: str) -> None:
        for chat in chats:
            await self.store.subscribe(Subscriber(chat=chat, name=chat, since=BEGAN))

    async def tell(self, count: int = 1) -> None:
        """Save events: a message each for every subscriber."""
        for _ in range(count):
            self._told += 1
            at = BEGAN + timedelta(seconds=self._told)
            event = Event(kind=EventKind.EGG_LAID, camera="nestcam", nest="left", at=at, told_at=at)
            await self.store.save(Memory(camera="nestcam", nest="left"), [event])
        await self.settle()

    async def settle(self, after: timedelta = timedelta(0)) -> None:
        """Move the time on and let the outbox do all that it can do then."""
        self.clock.move(after)
        self.outbox.wake()
        for _ in range(200):  # rounds of the loop; all parts are in memory, so that no real time passes
            await asyncio.sleep(0)

    def order(self, messages: Sequence[Message], chat: str) -> list[int]:
        """Which of the events, counted from 1, came to the chat."""
        return [round((message.event.at - BEGAN).total_seconds()) for message in messages if message.chat == chat]


@asynccontextmanager
async def at_work(*chats: str, store: FakeStore | None = None) -> AsyncIterator[Post]:
    post = Post(store or FakeStore())
    await post.subscribe(*chats)
    running = asyncio.create_task(post.outbox.run(), name="outbox")
    try:
        yield post
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_what_was_saved_arrives_once_in_order_at_every_chat() -> None:
    async with at_work(ANN, BEN) as post:
        await post.tell(60)  # more than one window
        for chat in (ANN, BEN):
            assert post.order(post.messenger.arrived, chat) == list(range(1, 61))
        await post.settle(timedelta(hours=1))
        assert len(post.messenger.tried) == 120


async def test_a_slow_chat_with_a_long_backlog_holds_up_no_other() -> None:
    async with at_work(ANN) as post:
        hold = post.messenger.hold(ANN)
        await post.tell(200)
        await post.subscribe(BEN)
        await post.tell(3)
        assert post.order(post.messenger.arrived, BEN) == [201, 202, 203]
        hold.set()
        await post.settle()
        assert post.order(post.messenger.arrived, ANN) == list(range(1, 204))


async def test_a_message_that_must_wait_is_sent_later_and_keeps_its_place() -> None:
    async with at_work(ANN, BEN) as post:
        post.messenger.fail(ANN, TryLaterError("no network"), TryLaterError("no network"))
        await post.tell(3)
        assert post.order(post.messenger.arrived, ANN) == []
        assert post.order(post.messenger.arrived, BEN) == [1, 2, 3]
        await post.settle(timedelta(seconds=5))
        assert post.order(post.messenger.arrived, ANN) == []
        await post.settle(timedelta(seconds=9))
        assert post.order(post.messenger.arrived, ANN) == []
        await post.settle(timedelta(seconds=1))
        assert post.order(post.messenger.arrived, ANN) == [1, 2, 3]


async def test_told_to_wait_a_chat_is_left_alone_for_that_long() -> None:
    async with at_work(ANN) as post:
        post.messenger.fail(ANN, TryLaterError("slow down", after=timedelta(seconds=40)))
        await post.tell(2)
        await post.settle(timedelta(seconds=39))
        assert len(post.messenger.tried) == 1
        await post.settle(timedelta(seconds=1))
        assert post.order(post.messenger.arrived, ANN) == [1, 2]


@pytest.mark.parametrize("after", ["while it runs", "while it is off"])
async def test_a_message_that_failed_by_a_clock_a_year_ahead_waits_no_year(after: str) -> None:
    store = FakeStore()
    async with at_work(ANN, store=store) as post:
        post.messenger.fail(ANN, TryLaterError("no network"))
        await post.settle(timedelta(days=365))
        await post.tell()
        assert post.messenger.arrived == []
        if after == "while it runs":
            await post.settle(timedelta(days=-365))
            assert post.order(post.messenger.arrived, ANN) == [1]
    if after == "while it is off":
        async with at_work(store=store) as later:
            await later.settle()
            assert later.order(later.messenger.arrived, ANN) == [1]


async def test_a_clock_that_is_corrected_by_seconds_ends_no_pause() -> None:
    async with at_work(ANN) as post:
        post.messenger.fail(ANN, TryLaterError("slow down", after=timedelta(seconds=40)))
        await post.tell()
        await post.settle(timedelta(seconds=-3))
        assert len(post.messenger.tried) == 1


async def test_a_message_that_fails_again_and_again_lets_the_others_pass_and_is_not_lost() -> None:
    async with at_work(ANN) as post:
        post.messenger.fail(ANN, *[TryLaterError("error 500")] * (PATIENCE + 1))
        await post.tell(2)
        for _ in range(PATIENCE):
            await post.settle(LONGEST_PAUSE)
        assert post.order(post.messenger.arrived, ANN) == [2]
        await post.settle(LONGEST_PAUSE)
        assert post.order(post.messenger.arrived, ANN) == [2, 1]


async def test_an_unknown_outcome_is_looked_for_each_time_and_sent_once_more_at_most() -> None:
    async with at_work(ANN) as post:
        post.messenger.fail(ANN, *[UnknownOutcomeError("no answer")] * 9)
        await post.tell()
        for _ in range(9):
            await post.settle(LONGEST_PAUSE)
        assert post.order(post.messenger.tried, ANN) == [1, 1]
        assert len(post.messenger.looked_for) == 2


async def test_what_is_found_is_not_sent_again() -> None:
    async with at_work(ANN) as post:
        post.messenger.fail(ANN, UnknownOutcomeError("no answer"))
        await post.tell()
        (lost,) = post.messenger.tried
        post.messenger.lost.append(alone(lost))
        await post.settle(LONGEST_PAUSE)
        assert len(post.messenger.tried) == 1
        assert post.store.outbox[0].told == Told(message_id=1000, has_photo=False)


async def test_what_could_not_be_looked_for_stays_in_doubt() -> None:
    """Telegram told the bot to slow down while it looked: it then sent what had arrived once more."""
    async with at_work(ANN) as post:
        post.messenger.fail(ANN, BrokenOffError("hung up"))
        post.messenger.fail_to_find(TryLaterError("slow down"), TryLaterError("slow down"))
        await post.tell()
        (lost,) = post.messenger.tried
        post.messenger.lost.append(alone(lost))
        for _ in range(3):
            await post.settle(LONGEST_PAUSE)
        assert len(post.messenger.tried) == 1
        assert post.store.outbox[0].state == "sent"


async def test_nothing_new_goes_to_a_chat_while_a_message_that_may_have_arrived_could_not_be_looked_for() -> None:
    """After an outage the search for the first took a digest sent meanwhile for it, which lost or doubled one."""
    store = FakeStore()
    async with at_work(ANN, store=store) as before:
        before.messenger.fail(ANN, UnknownOutcomeError("no answer"))
        before.messenger.fail_to_find(*[TryLaterError("no network")] * (PATIENCE + 1))
        await before.tell(2)
        for _ in range(PATIENCE + 1):
            await before.settle(LONGEST_PAUSE)
        assert before.order(before.messenger.tried, ANN) == [1]
    after = Post(store)  # the next program, which knows of no pause
    running = asyncio.create_task(after.outbox.run(), name="outbox")
    await after.settle(before.clock.now() - BEGAN)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert after.order([message for one in after.messenger.looked_for for message in one.messages], ANN) == [1]
    assert after.order(after.messenger.arrived, ANN) == [1, 2]


async def test_a_line_that_breaks_again_and_again_loses_no_message() -> None:
    async with at_work(ANN) as post:
        post.messenger.fail(ANN, *[BrokenOffError("hung up")] * 9)
        await post.tell()
        for _ in range(9):
            await post.settle(LONGEST_PAUSE)
        assert post.order(post.messenger.arrived, ANN) == [1]
        assert len(post.messenger.looked_for) == 9


async def test_what_was_on_its_way_when_the_program_was_killed_is_looked_for_first() -> None:
    store = FakeStore()
    async with at_work(ANN, store=store) as before:
        before.messenger.hold(ANN)
        await before.tell()
        (message,) = before.messenger.tried
    after = Post(store)  # the program was killed: nobody marked anything
    after.messenger.lost.append(alone(message))
    running = asyncio.create_task(after.outbox.run(), name="outbox")
    await after.settle()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert after.messenger.tried == []
    assert not await store.unsent(after.clock.now() + timedelta(days=1), 10)


async def test_a_refused_message_does_not_hold_up_the_next() -> None:
    async with at_work(ANN) as post:
        post.messenger.fail(ANN, RefusedError("bad request"))
        await post.tell(3)
        await post.settle(LONGEST_PAUSE)
        assert post.order(post.messenger.arrived, ANN) == [2, 3]


async def test_a_chat_that_is_gone_gets_no_more_messages() -> None:
    async with at_work(ANN, BEN) as post:
        hold = post.messenger.hold(ANN)
        post.messenger.fail(ANN, ChatGoneError("blocked by the user"))
        await post.tell(3)
        hold.set()
        await post.settle(timedelta(hours=1))
        assert post.order(post.messenger.tried, ANN) == [1]
        assert [subscriber.chat for subscriber in await post.store.subscribers()] == [BEN]


async def test_a_chat_that_moved_gets_its_messages_where_it_is_now() -> None:
    async with at_work(ANN) as post:
        post.messenger.fail(ANN, ChatMovedError("upgraded", to="telegram:-1001"))
        await post.tell(2)
        await post.settle()
        assert post.order(post.messenger.arrived, "telegram:-1001") == [1, 2]
        assert [subscriber.chat for subscriber in await post.store.subscribers()] == ["telegram:-1001"]


async def test_what_waited_through_a_mute_comes_as_one_digest() -> None:
    async with at_work(ANN) as post:
        (ann,) = await post.store.subscribers()
        await post.store.set_preferences(replace(ann, muted_until=BEGAN + timedelta(hours=1)))
        await post.tell(2)
        assert post.messenger.tried == []
        await post.settle(timedelta(hours=1))
        (delivery,) = post.messenger.delivered
        assert delivery.is_digest
        assert post.order(post.messenger.arrived, ANN) == [1, 2]


async def test_while_a_chat_is_slow_its_messages_gather_into_a_digest() -> None:
    async with at_work(ANN) as post:
        hold = post.messenger.hold(ANN)
        await post.tell()
        await post.tell(29)
        hold.set()
        await post.settle()
        assert [len(delivery.messages) for delivery in post.messenger.delivered] == [1, 29]
        assert post.order(post.messenger.arrived, ANN) == list(range(1, 31))


async def test_a_log_gets_every_event_for_itself_at_once() -> None:
    post = Post(FakeStore(), FakeMessenger(is_log=True))
    await post.subscribe(ANN)
    running = asyncio.create_task(post.outbox.run(), name="outbox")
    await post.tell(30)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [len(delivery.messages) for delivery in post.messenger.delivered] == [1] * 30


async def test_a_message_to_a_service_that_the_config_no_longer_has_is_given_up() -> None:
    async with at_work("terminal", ANN) as post:
        await post.tell()
        assert [message.chat for message in post.messenger.arrived] == [ANN]
        assert not await post.store.unsent(BEGAN + timedelta(days=1), 10)


async def test_a_mistake_in_a_messenger_neither_ends_the_outbox_nor_loses_the_message() -> None:
    async with at_work(ANN) as post:
        post.messenger.fail(ANN, KeyError("unforeseen"))
        await post.tell()
        await post.settle(LONGEST_PAUSE)
        assert post.order(post.messenger.arrived, ANN) == [1]


async def test_a_refused_token_ends_the_outbox_and_loses_no_message() -> None:
    post = Post(FakeStore())
    await post.subscribe(ANN)
    post.messenger.fail(ANN, UserMustActError("the bot token was refused"))
    running = asyncio.create_task(post.outbox.run(), name="outbox")
    await post.tell()
    with pytest.raises(UserMustActError, match="the bot token was refused"):
        await running
    assert len(await post.store.unsent(post.clock.now(), 10)) == 1


class FullDisk(FakeStore):
    """A store that can be read, and written only when there is room."""

    room = False

    async def mark_sent(self, *numbers: int, at: datetime, told: Told | None = None) -> None:
        if not self.room:
            raise StoreError("the disk is full")
        await super().mark_sent(*numbers, at=at, told=told)


async def test_what_arrived_is_not_sent_again_because_the_store_could_not_note_it() -> None:
    store = FullDisk()
    async with at_work(ANN, store=store) as post:
        await post.tell(2)
        for _ in range(3):
            await post.settle(STORE_PAUSE)
        assert post.order(post.messenger.tried, ANN) == [1]
        store.room = True
        await post.settle(STORE_PAUSE)
        assert post.order(post.messenger.tried, ANN) == [1, 2]
        assert not await store.unsent(post.clock.now() + timedelta(days=1), 10)


async def test_a_store_that_cannot_be_read_is_asked_again() -> None:
    async with at_work(ANN) as post:
        post.store.broken = "the database is locked"
        await post.settle()
        post.store.broken = ""
        await post.tell()
        assert post.order(post.messenger.arrived, ANN) == [1]


async def test_a_message_on_its_way_may_arrive_when_the_daemon_stops() -> None:
    post = Post(FakeStore())
    await post.subscribe(ANN)
    hold = post.messenger.hold(ANN)
    running = asyncio.create_task(post.outbox.run(), name="outbox")
    await post.tell(2)
    running.cancel()
    await post.settle()
    hold.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert post.order(post.messenger.arrived, ANN) == [1]
    assert [message.event.at for message in await post.store.unsent(post.clock.now(), 10)] == [
        BEGAN + timedelta(seconds=2)
    ]
