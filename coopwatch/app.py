"""The only place that builds the parts and joins them: settings in, a running daemon, until it is told to stop."""

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from coopwatch.album import Album
from coopwatch.bot.outbox import Outbox
from coopwatch.caretaker import Caretaker
from coopwatch.chats import Chats, Terminal
from coopwatch.clock import SystemClock
from coopwatch.config.changes import find_changes
from coopwatch.config.load import load_settings
from coopwatch.config.rules import to_rules, to_welfare
from coopwatch.config.saved import SavedFile
from coopwatch.config.settings import CameraSettings, Settings
from coopwatch.errors import CoopwatchError, StoreError
from coopwatch.inference.client import InferenceClient
from coopwatch.learning.learner import Learner
from coopwatch.learning.place import model_of
from coopwatch.monitor import Monitor
from coopwatch.overview import Overview
from coopwatch.ports import Store
from coopwatch.pulse import Pulse
from coopwatch.rounds import Round, Rounds
from coopwatch.sources import Origin, make_source
from coopwatch.store.database import Database
from coopwatch.store.lock import locked
from coopwatch.store.place import require_local
from coopwatch.upkeep import Upkeep
from coopwatch.values import Event
from coopwatch.vigil import Vigil
from coopwatch.vision.card import ModelFolder, load_model_folder
from coopwatch.watch import Watch

__all__ = ["Comparison", "Terminal", "run"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What was told of simulated cameras while they were watched, and what was true."""

    told: tuple[Event, ...]
    true: tuple[Event, ...]
    watched: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mind:
    """A started classifier, and what it was started from."""

    origin: object
    folder: ModelFolder
    classifier: InferenceClient
    opened: AsyncExitStack


async def run(
    settings: Settings, *, terminal: Terminal, stop: asyncio.Event, saved: SavedFile | None = None
) -> Comparison | None:
    """Run the daemon until `stop` is set; then compare what it told of simulated cameras with the truth.

    Args:
        settings: to begin with.
        terminal: stands in the place of a chat.
        stop: ends the daemon.
        saved: the config file; whenever it is saved, its settings are taken.

    Raises:
        UserMustActError: a model, a secret or a source is not what it must be.
        StoreError: the data folder cannot be used; the kinds say whether someone must act.
        ExceptionGroup: a part died; the daemon ends, and what supervises it starts it anew.
    """
    async with AsyncExitStack() as stack:
        load_model_folder(settings.model)  # a mistake in it leaves no trace on the disk
        require_local(settings.data_dir)
        stack.enter_context(locked(settings.data_dir))
        store = await stack.enter_async_context(Database(settings.data_dir))
        daemon = await stack.enter_async_context(Daemon(store, terminal, Pulse(settings.data_dir), settings))
        await daemon.run(stop, saved)
        return await daemon.compare()


class Daemon:
    """The parts that run together, each built from settings."""

    def __init__(self, store: Store, terminal: Terminal, pulse: Pulse, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._pulse = pulse
        self._mind: _Mind | None = None
        self._rounds = Rounds(zone=settings.timezone, pulse=pulse, is_answering=self._is_answering)
        self._album = Album(settings.data_dir)
        self._taking = asyncio.Lock()  # held while parts are replaced: a saved config and a lesson may come together
        self._learner = Learner(
            store=store, settings=lambda: self._settings, clock=SystemClock(), take=self._take_lesson
        )
        overview = Overview(
            rounds=self._rounds,
            current=self._current,
            album=self._album,
            data_dir=settings.data_dir,
            corrected=self._wake,
            why_not=lambda: self._learner.state,
        )
        self._chats = Chats(store=store, coop=overview, terminal=terminal)
        self._outbox = Outbox(store, self._chats.messengers, SystemClock(), zone=lambda: self._settings.timezone)
        self._caretaker = Caretaker(
            store,
            now=overview.now,
            seen=overview.seen,
            rules=lambda: to_welfare(self._settings),
            told=self._outbox.wake,
        )
        self._vigil = Vigil(
            store=store,
            service=overview.service,
            clock=SystemClock(),
            data_dir=settings.data_dir,
            heartbeat_url=settings.heartbeat_url or "",
            told=self._outbox.wake,
        )
        self._monitor = None
        if settings.monitor is not None:
            self._monitor = Monitor(
                settings=settings.monitor,
                overview=overview,
                store=store,
                clock=SystemClock(),
            )
        self._upkeep = Upkeep(
            store=store,
            data_dir=settings.data_dir,
            settings=lambda: self._settings,
            clock=SystemClock(),
            tell=self._vigil.tell_trouble,
        )

    async def __aenter__(self) -> Self:
        """Build all parts.

        Raises:
            CoopwatchError: see `run`.
        """
        try:
            await self._take(self._settings)
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        async with AsyncExitStack() as closing:
            if self._mind is not None:
                await closing.enter_async_context(self._mind.opened)
            await closing.enter_async_context(self._chats)
            await closing.enter_async_context(self._rounds)

    async def run(self, stop: asyncio.Event, saved: SavedFile | None) -> None:
        """Let all parts live until told to stop, or until one dies and takes the rest along."""
        lives = {
            "outbox": self._outbox.run,
            "rounds": self._rounds.run,
            "chats": self._chats.run,
            "caretaker": self._caretaker.run,
            "upkeep": self._upkeep.run,
            "place": self._upkeep.watch_place,
            "vigil": self._vigil.run,
            "learner": self._learner.run,
        }
        if self._monitor is not None:
            lives["monitor"] = self._monitor.run
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(live(), name=name) for name, live in lives.items()]
                if saved is not None:
                    tasks.append(group.create_task(self._follow(saved), name="config"))
                await stop.wait()
                for task in tasks:
                    task.cancel()
        finally:
            self._pulse.stop()

    async def compare(self) -> Comparison | None:
        """What was told of simulated cameras beside what was true, but for the last minutes, not judged yet."""
        told: list[Event] = []
        true: list[Event] = []
        watched = timedelta(0)
        rules = self._settings.rules
        judged_within = timedelta(seconds=max(rules.away_seconds, rules.hiding_seconds))  # a hen's leaving, the latest
        for one in self._rounds:
            coop, began = one.source.coop, one.source.began
            end = (one.watch.seen_at or began) - judged_within
            if coop is None or end <= began:
                continue
            told += [
                event
                for event in await self._store.newest_events(100_000)
                if event.camera == one.watch.name and event.told_at >= began and event.at < end
            ]
            true += coop.events(began, end)
            watched += end - began
        return Comparison(told=tuple(told), true=tuple(true), watched=watched) if watched else None

    async def _follow(self, saved: SavedFile) -> None:
        """Take the config file whenever it was saved. If it is not sound, say why, and go on as before."""
        while True:
            await saved.saved()
            try:
                settings = await asyncio.to_thread(load_settings, saved.path)
                changes = find_changes(self._settings, settings)
                await self._take(settings)
            except CoopwatchError as error:
                log.error("The config is not used, the one before stays in force: %s", error)
                await self._vigil.tell_trouble(f"The config is not used, the one before stays in force: {error}")
            else:
                log.info("The config was read anew: %s.", changes)
                self._learner.wake()

    async def _take_lesson(self) -> None:
        """Let the version that was learnt just now name the hens, and the keepers know."""
        await self._take(None)
        self._vigil.wake()

    async def _take(self, settings: Settings | None) -> None:
        """Build what these settings need (None: those in force); of later ones, only what differs.

        Raises:
            CoopwatchError: the settings cannot be used; everything goes on as before, since all that can fail is done
                before the first part is replaced.
        """
        async with self._taking:
            await self._replace(self._settings if settings is None else settings)

    async def _replace(self, settings: Settings) -> None:
        voices = self._chats.make(settings)
        await self._chats.check(voices)
        folder = await asyncio.to_thread(model_of, settings)
        mind = await self._start_mind(folder, settings)
        try:
            rounds = [await self._make_round(camera, settings, mind) for camera in settings.cameras]
            await self._chats.use(voices)
        except BaseException:
            if mind is not self._mind:
                await mind.opened.aclose()
            raise
        await self._rounds.use(rounds)
        await self._forget_nests(settings)
        old, self._mind, self._settings = self._mind, mind, settings
        if old is not None and old is not mind:
            await old.opened.aclose()

    async def _forget_nests(self, settings: Settings) -> None:
        """End the visits in nests that the config no longer has; a camera that stays tells of its own by itself."""
        names = [camera.name for camera in settings.cameras]
        staying = [camera for camera in self._settings.cameras if camera.name in names]
        known = {nest.name for camera in (*settings.cameras, *staying) for nest in camera.nests}
        try:
            await self._store.forget_nests(but=known)
        except StoreError as error:
            log.error("Nests that the config no longer has cannot be forgotten; trying again at the start: %s", error)
        self._outbox.wake()

    async def _start_mind(self, folder: ModelFolder, settings: Settings) -> _Mind:
        """The worker of the settings' model; the one in use goes on until this one is ready."""
        origin = (folder.path, folder.hash, settings.engine)
        if self._mind is not None and self._mind.origin == origin:
            return self._mind
        opened = AsyncExitStack()
        classifier = await opened.enter_async_context(InferenceClient(folder, engine=settings.engine))
        return _Mind(origin=origin, folder=folder, classifier=classifier, opened=opened)

    async def _make_round(self, camera: CameraSettings, settings: Settings, mind: _Mind) -> Round:
        """The round of a camera: the one that goes already, where nothing changed for it."""
        source_origin = Origin.of(camera, settings.timezone)
        origin = (source_origin, camera, settings.rules, mind.origin)
        old = self._rounds.find(camera.name)
        if old is not None and old.origin == origin:
            return old
        is_open = old is not None and old.source.origin == source_origin
        source = old.source if old and is_open else await make_source(camera, source_origin, self._store)
        watch = Watch(
            settings=camera,
            camera=source.camera,
            classifier=mind.classifier,
            store=self._store,
            model=mind.folder.hash,
            rules=to_rules(settings.rules, mind.folder.card.roles),
            clock=source.clock,
            told=self._outbox.wake,
            keep=self._album.keep,
        )
        await watch.restore()
        return Round(origin=origin, source=source, watch=watch)

    def _wake(self) -> None:
        self._outbox.wake()  # made after the overview, which its chats are made from
        self._learner.wake()

    def _current(self) -> InferenceClient:
        assert self._mind is not None, "nobody asks before the first settings are taken"
        return self._mind.classifier

    def _is_answering(self) -> bool:
        return self._mind is not None and self._mind.classifier.is_answering
