"""Rules of the bot that need no server; the others are in acceptance/test_bot.py."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fakes.coop import FakeCoop
from fakes.delivery import alone
from fakes.store import FakeStore
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import TimedOut

from coopwatch.bot.limits import cut
from coopwatch.bot.pace import Limits
from coopwatch.bot.post import Look
from coopwatch.bot.telegram import SPARE, TelegramBot
from coopwatch.bot.updates import AT_ONCE
from coopwatch.clock import ManualClock, SystemClock
from coopwatch.errors import StoreError, UnknownOutcomeError, UserMustActError
from coopwatch.subscriber import Subscriber
from coopwatch.values import Event, EventKind, Told

GROUP, NOW = -7, datetime(2026, 6, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("token", ["", "abcdef", "123", "123:", "123:abc\n", "123:abc def", "https://t.me/coop_bot"])
def test_a_token_of_another_form_is_refused_before_any_call_and_not_shown(token: str, tmp_path: Path) -> None:
    with pytest.raises(UserMustActError, match="BotFather") as told:
        TelegramBot(
            token=token,
            api_url="http://127.0.0.1:1",
            store=FakeStore(),
            coop=FakeCoop(),
            names={},
            zone=UTC,
            data_dir=tmp_path,
            clock=SystemClock(),
        )
    assert not token or token not in str(told.value)


@given(st.text(), st.integers(1, 30))
def test_a_text_is_cut_to_what_the_bot_api_counts(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short.encode("utf-16-le")) // 2 <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


async def store_of_a_full_minute() -> FakeStore:
    """So many messages as a group gets in a minute went out in the last ten seconds; then came a kill."""
    store = FakeStore()
    await store.subscribe(Subscriber(chat=f"telegram:{GROUP}", name="G", since=NOW))
    limits = Limits()
    for number in range(limits.group_each_minute - limits.spared_each_minute):
        at = NOW - timedelta(seconds=10) + timedelta(seconds=number / 2)
        await store.tell([Event(kind=EventKind.EGG_LAID, camera="c", nest="left", at=at, told_at=at)])
        await store.mark_sent(number + 1, at=at, told=Told(message_id=number + 1, has_photo=True))
    return store


def bot_after_a_kill(store: FakeStore, folder: Path) -> TelegramBot:
    return TelegramBot(
        token="123:abc",
        api_url="http://127.0.0.1:1",
        store=store,
        coop=FakeCoop(),
        names={},
        zone=UTC,
        data_dir=folder,
        clock=ManualClock(NOW),
    )


async def test_a_program_that_goes_on_after_a_kill_knows_how_full_a_groups_minute_is(tmp_path: Path) -> None:
    """The 21st message of a minute: each kill gave every group a fresh one."""
    bot = bot_after_a_kill(await store_of_a_full_minute(), tmp_path)
    await bot.turn("telegram:5")
    assert bot.newest("telegram:5") == 16
    assert 45 < bot._pace.wait(GROUP, spare=True) <= 60


async def test_what_was_left_is_learnt_before_the_first_message_also_when_the_store_was_broken(tmp_path: Path) -> None:
    store = await store_of_a_full_minute()
    bot = bot_after_a_kill(store, tmp_path)
    store.broken = "disk full"
    for outcome in await asyncio.gather(bot.turn("telegram:5"), bot.turn("telegram:6"), return_exceptions=True):
        assert isinstance(outcome, StoreError)
    store.broken = ""
    await bot.turn("telegram:5")
    assert bot.newest("telegram:5") == 16


class SeekingPost:
    """A post that finds nothing, and keeps the numbers that it looked under."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    async def show(self, chat_id: int, look: Look) -> None:
        raise TimedOut from httpx.ReadTimeout("")

    async def find(self, chat_id: int, look: Look, numbers: Sequence[int], ruled_out: set[int]) -> None:
        self.numbers = list(numbers)


@pytest.mark.parametrize("left", [1, 4])
async def test_after_a_kill_no_more_numbers_are_looked_under_than_messages_were_on_their_way(
    left: int, tmp_path: Path
) -> None:
    """43 numbers for each message in doubt, ten a second: chats waited for minutes."""
    store = await store_of_a_full_minute()
    for chat in range(1, left + 1):
        await store.subscribe(Subscriber(chat=f"telegram:{chat}", name="P", since=NOW))
    later = NOW + timedelta(minutes=1)
    await store.tell([Event(kind=EventKind.EGG_LAID, camera="c", nest="left", at=later, told_at=later)])
    *_, doubted = await store.unsent(NOW, 99)
    for message in await store.unsent(NOW, 99):
        if message.chat != f"telegram:{GROUP}":
            await store.mark_sending(message.number, after=16)
    bot, post = bot_after_a_kill(store, tmp_path), SeekingPost()
    bot._post = post
    await bot.turn(doubted.chat)
    assert await bot.find(alone(doubted), after=16) is None
    assert post.numbers == list(range(17, 17 + left + AT_ONCE + SPARE))


async def test_what_got_no_answer_is_not_looked_for_under_numbers_of_later_messages(tmp_path: Path) -> None:
    """Each of 90 chats in doubt looked under 90 numbers beyond the newest: after ten minutes' outage, for an hour."""
    store = await store_of_a_full_minute()
    await store.subscribe(Subscriber(chat="telegram:5", name="P", since=NOW))
    later = NOW + timedelta(minutes=1)
    await store.tell([Event(kind=EventKind.EGG_LAID, camera="c", nest="left", at=later, told_at=later)])
    *_, message = await store.unsent(NOW, 99)
    bot, post = bot_after_a_kill(store, tmp_path), SeekingPost()
    bot._post = post
    await bot.turn(message.chat)
    with pytest.raises(UnknownOutcomeError):
        await bot.send(alone(message))
    for number in range(18, 60):
        bot._numbers.note(6, number)
    assert await bot.find(alone(message), after=16) is None
    assert post.numbers == [17]
