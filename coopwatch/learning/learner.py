"""One of the daemon's lives: people's words in; a fit in the background, and the better model in use, out."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from coopwatch.clock import Clock
from coopwatch.config.settings import Settings
from coopwatch.core.lesson import CANNOT, FAILED, NO_GAIN, OFF, WORSE, lesson_text
from coopwatch.core.voice import FOR_LOGS
from coopwatch.errors import CannotLearnError, CoopwatchError
from coopwatch.learning.order import Order, Outcome
from coopwatch.learning.place import Verdict, learnt_model, read_attempt, require_teachable
from coopwatch.learning.process import learn_apart
from coopwatch.ports import Store
from coopwatch.store.retention import MOST_NAMED
from coopwatch.vision.card import load_model_folder

log = logging.getLogger(__name__)

CALM = timedelta(seconds=5)  # without a word before the fit begins: several words in a row are one fit
_SAID = {Verdict.NO_GAIN: NO_GAIN, Verdict.WORSE: WORSE, Verdict.LEARNT: ""}


@dataclass(slots=True, kw_only=True)
class Learner:
    """Learns when people spoke, and once at the start, from what was said while it was away."""

    store: Store
    settings: Callable[[], Settings]  # those in force
    clock: Clock
    take: Callable[[], Awaitable[None]]  # uses the model anew that is active now
    learn: Callable[[Order], Awaitable[Outcome]] = learn_apart
    calm: timedelta = CALM
    state: str = ""  # why it did not learn from the last words, or cannot; a text of core.lesson
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """A person spoke, or the config is another."""
        self._news.set()

    async def run(self) -> None:
        """Learn for ever; what goes wrong is told, and tried again with the next word."""
        while True:
            self._news.clear()
            try:
                await self._learn()
            except CannotLearnError as error:
                if self.state != CANNOT:
                    log.info("Corrections teach the model nothing: %s", error)
                self.state = CANNOT
            except CoopwatchError as error:
                log.error("The last corrections could not be learnt from: %s", error)
                self.state = FAILED
            await self._news.wait()
            await self._calm()

    async def _calm(self) -> None:
        """Wait until nobody has spoken for a while."""
        while self._news.is_set():
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self.calm.total_seconds()):
                    await self._news.wait()

    async def _learn(self) -> None:
        settings = self.settings()
        if not settings.learn:
            self.state = OFF
            return
        base = await asyncio.to_thread(load_model_folder, settings.model)
        require_teachable(base, settings.engine, settings.data_dir)
        photos = tuple(await self.store.named_photos(MOST_NAMED))
        order = Order(
            model=settings.model,
            engine=settings.engine,
            data_dir=settings.data_dir,
            photos=photos,
            made=self.clock.now(),
        )
        last = await asyncio.to_thread(read_attempt, settings.data_dir)
        if not photos or (last is not None and (last.word, last.base) == (order.word, base.hash)):
            self.state = _SAID[last.verdict] if last is not None and photos else ""
            return
        outcome = await self.learn(order)
        self.state = _SAID[outcome.verdict]
        await self._use(outcome, settings.data_dir)

    async def _use(self, outcome: Outcome, data_dir: Path) -> None:
        if outcome.figures is None:
            log.info("Nothing was learnt: none of the photos that people named can be learnt from.")
        elif outcome.version is None:
            log.info("Nothing was learnt, the model stays (%s): %s.", outcome.verdict, outcome.figures)
        else:
            place = learnt_model(data_dir)
            lesson = lesson_text(outcome.figures.lesson, FOR_LOGS)
            log.info("The model %s; %s. `coopwatch models rollback %s` goes back.", lesson, outcome.figures, place)
            await self.take()
