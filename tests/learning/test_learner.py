"""Rules of the daemon's learning: one fit for words in a row, none without a new word, and it is told why."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from fakes.lessons import NOW, publish_spoilt
from fakes.models import TinyNetwork
from fakes.store import FakeStore
from fakes.waiting import until

from coopwatch.clock import ManualClock
from coopwatch.core.lesson import CANNOT, FAILED, NO_GAIN, OFF, WORSE, Lesson
from coopwatch.errors import CoopwatchError
from coopwatch.learning.learner import Learner
from coopwatch.learning.order import Figures, Order, Outcome
from coopwatch.learning.place import Attempt, Verdict, learnt_model, write_attempt
from coopwatch.values import Event, EventKind
from coopwatch.vision.card import load_model_folder

Answer = Callable[[Order], Outcome]


class Coop:
    """A learner beside a store in memory; how a fit ends is the test's to say."""

    def __init__(self, folder: Path) -> None:
        self.store = FakeStore()
        self.settings = SimpleNamespace(
            learn=True, model=folder / "models" / "tiny", engine="litert", data_dir=folder / "data"
        )
        self.orders: list[Order] = []
        self.taken = 0
        self.verdict: Verdict | CoopwatchError = Verdict.LEARNT
        self.learner = Learner(
            store=self.store,
            settings=lambda: self.settings,
            clock=ManualClock(NOW),
            take=self._take,
            learn=self._learn,
            calm=timedelta(seconds=0.02),
        )

    async def see(self, count: int) -> None:
        """So many visits with photos."""
        for number in range(count):
            at = NOW + timedelta(minutes=number)
            photo = f"photos/{number}.jpg"
            kind = EventKind.UNKNOWN_VISITOR
            await self.store.tell([Event(kind=kind, camera="c", nest="n", at=at, told_at=at, photo=photo)])

    async def say(self, number: int, label: str = "beauty") -> None:
        """A person's word."""
        await self.store.correct(number, label, by="Ann", at=NOW)
        self.learner.wake()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """While it lives."""
        task = asyncio.create_task(self.learner.run())
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _take(self) -> None:
        self.taken += 1

    async def _learn(self, order: Order) -> Outcome:
        self.orders.append(order)
        if isinstance(self.verdict, CoopwatchError):
            raise self.verdict
        hash_ = load_model_folder(order.model).hash
        learnt_model(order.data_dir).mkdir(parents=True, exist_ok=True)
        write_attempt(order.data_dir, Attempt(word=order.word, base=hash_, verdict=self.verdict))
        lesson = Lesson(photos=1, judged=0, right=0, before=0)
        figures = Figures(verdict=self.verdict, lesson=lesson, aside=9, aside_right=9, aside_before=9)
        return Outcome(figures=figures, version=Path("v") if self.verdict is Verdict.LEARNT else None)


@pytest.fixture
def coop(tmp_path: Path, tiny_network: TinyNetwork) -> Coop:
    publish_spoilt(tmp_path / "models" / "tiny", tiny_network)
    return Coop(tmp_path)


async def test_words_in_a_row_are_one_fit_and_the_model_is_taken(coop: Coop) -> None:
    await coop.see(3)
    async with coop.at_work():
        for number in (1, 2, 3):
            await coop.say(number)
        await until(lambda: coop.taken == 1)
    assert [len(order.photos) for order in coop.orders] == [3]
    assert coop.learner.state == ""


async def test_what_was_said_while_it_was_away_is_learnt_at_the_start_and_only_once(coop: Coop) -> None:
    await coop.see(2)
    await coop.say(1)
    async with coop.at_work():
        await until(lambda: coop.taken == 1)
    async with coop.at_work():  # started anew, with another model active by now
        for _ in range(2):
            coop.learner.state = "busy"
            await coop.say(1)  # the same word again
            await until(lambda: coop.learner.state == "")
        assert len(coop.orders) == 1
        await coop.say(1, "red_twin")
        await until(lambda: coop.taken == 2)
    assert [order.word for order in coop.orders] == [1, 2]


@pytest.mark.parametrize(("verdict", "state"), [(Verdict.WORSE, WORSE), (Verdict.NO_GAIN, NO_GAIN)])
async def test_what_is_not_better_is_not_taken_and_the_reason_outlives_a_restart(
    coop: Coop, verdict: Verdict, state: str
) -> None:
    coop.verdict = verdict
    await coop.see(1)
    await coop.say(1)
    for _ in range(2):
        coop.learner.state = ""
        async with coop.at_work():
            await until(lambda: coop.learner.state == state)
    assert (coop.taken, len(coop.orders)) == (0, 1)


async def test_a_fit_that_fails_is_told_and_the_next_word_tries_again(
    coop: Coop, caplog: pytest.LogCaptureFixture
) -> None:
    coop.verdict = CoopwatchError("the disk is full")
    await coop.see(2)
    async with coop.at_work():
        await coop.say(1)
        await until(lambda: coop.learner.state == FAILED)
        assert "the disk is full" in caplog.text
        coop.verdict = Verdict.LEARNT
        await coop.say(2)
        await until(lambda: coop.taken == 1)


async def test_without_the_keys_leave_or_the_models_means_nothing_is_learnt_and_it_is_said_why(
    coop: Coop, tiny_network: TinyNetwork, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await coop.see(1)
    await coop.say(1)
    coop.settings.learn = False
    async with coop.at_work():
        await until(lambda: coop.learner.state == OFF)
        coop.settings.learn = True
        coop.settings.model = tiny_network.publish(coop.settings.model.parent / "whole").path
        coop.learner.wake()
        await until(lambda: coop.learner.state == CANNOT)
    assert coop.orders == []
    assert "coopwatch train" in caplog.text


async def test_a_broken_store_ends_nothing(coop: Coop) -> None:
    await coop.see(1)
    await coop.say(1)
    coop.store.broken = "disk full"
    async with coop.at_work():
        await until(lambda: coop.learner.state == FAILED)
        coop.store.broken = ""
        coop.learner.wake()
        await until(lambda: coop.taken == 1)
