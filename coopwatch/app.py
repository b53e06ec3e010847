"""The only place that builds the parts and joins them: settings in, a running daemon, until it is told to stop."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from coopwatch.bot.outbox import Outbox
from coopwatch.bot.terminal import TerminalMessenger
from coopwatch.cameras.simulated import SimulatedCamera
from coopwatch.cameras.source import open_camera
from coopwatch.clock import Clock, ScaledClock, SystemClock
from coopwatch.config.rules import to_rules
from coopwatch.config.secrets import camera_password, telegram_token
from coopwatch.config.settings import CameraSettings, Settings, TelegramSettings
from coopwatch.core.status import CameraStatus
from coopwatch.errors import ConfigError
from coopwatch.inference.client import InferenceClient
from coopwatch.ports import Camera, Messenger, Store, Subscriber
from coopwatch.pulse import Pulse
from coopwatch.rounds import Round, Rounds
from coopwatch.simulator.coop import Coop as SimulatedCoop
from coopwatch.simulator.source import SimulatedSource
from coopwatch.store.database import Database
from coopwatch.store.lock import locked
from coopwatch.values import Event
from coopwatch.vision.card import ModelFolder, load_model_folder
from coopwatch.watch import Watch

if TYPE_CHECKING:
    from coopwatch.bot.telegram import TelegramBot

log = logging.getLogger(__name__)

JUDGED_WITHIN = timedelta(minutes=5)  # what happened later than this before the end may not have been told yet
TERMINAL = "terminal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """How the terminal is written to where it stands in the place of a chat."""

    write: Callable[[str], object]
    as_json: bool = False
    colour: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What was told of simulated cameras while they were watched, and what was true."""

    told: tuple[Event, ...]
    true: tuple[Event, ...]
    watched: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class _Simulation:
    """A simulated coop that is watched, so that the truth is known."""

    watch: Watch
    coop: SimulatedCoop
    began: datetime  # the coop's own time


@dataclass(slots=True, kw_only=True)
class _Parts:
    """What runs together; also the Coop that a chat may ask."""

    settings: Settings
    store: Store
    classifier: InferenceClient
    rounds: Rounds
    simulations: list[_Simulation] = field(default_factory=list)
    lives: dict[str, Callable[[], Coroutine[None, None, None]]] = field(default_factory=dict)  # run for ever

    def status(self) -> Sequence[CameraStatus]:
        """The state of every camera and nest."""
        return [watch.status() for watch in self.rounds.watches]

    def newest_photo(self, nest: str | None) -> bytes | None:
        """The newest picture of the nest, or of the first camera."""
        return next((photo for watch in self.rounds.watches if (photo := watch.photo(nest)) is not None), None)


async def run(settings: Settings, *, terminal: Terminal, stop: asyncio.Event) -> Comparison | None:
    """Run the daemon until `stop` is set; then compare what it told of simulated cameras with the truth.

    Raises:
        UserMustActError: a model, a secret or a source is not what it must be.
        StoreError: the data folder cannot be used.
        ExceptionGroup: a part died; the daemon ends, and what supervises it starts it anew.
    """
    async with AsyncExitStack() as stack:
        folder = load_model_folder(settings.model)
        stack.enter_context(locked(settings.data_dir))
        store = await stack.enter_async_context(Database(settings.data_dir))
        classifier = await stack.enter_async_context(InferenceClient(folder, engine=settings.engine))
        rounds = Rounds(
            zone=settings.timezone,
            pulse=Pulse(settings.data_dir),
            is_answering=lambda: classifier.is_answering,
        )
        parts = _Parts(settings=settings, store=store, classifier=classifier, rounds=rounds)
        messengers = await _open_messengers(parts, terminal, stack)
        outbox = Outbox(store, messengers, SystemClock())
        parts.lives |= {"outbox": outbox.run, "rounds": rounds.run}
        for camera in settings.cameras:
            rounds.rounds.append(await _open_round(parts, camera, folder, outbox.wake, stack))
        await _serve(parts, stop)
        return await _compare(parts)


async def _open_round(
    parts: _Parts, camera: CameraSettings, folder: ModelFolder, told: Callable[[], None], stack: AsyncExitStack
) -> Round:
    simulated = SimulatedSource.parse(camera.source)
    clock: Clock = SystemClock() if simulated is None else await _simulated_clock(simulated, camera, parts.store)
    coop = None if simulated is None else SimulatedCoop(seed=simulated.seed)
    watch = Watch(
        settings=camera,
        camera=await stack.enter_async_context(_camera(camera, coop, clock, parts.settings)),
        classifier=parts.classifier,
        store=parts.store,
        model=folder.hash,
        rules=to_rules(parts.settings.rules, folder.card.roles),
        clock=clock,
        names=_names(parts.settings),
        told=told,
    )
    await watch.restore()
    if coop is not None:
        parts.simulations.append(_Simulation(watch=watch, coop=coop, began=clock.now()))
    speed = 1.0 if simulated is None else simulated.speed
    return Round(watch=watch, every=timedelta(seconds=camera.every_seconds / speed))


def _camera(camera: CameraSettings, coop: SimulatedCoop | None, clock: Clock, settings: Settings) -> Camera:
    if coop is not None:
        return SimulatedCamera(name=camera.name, frame=coop.frame, clock=clock)
    password = camera_password(camera)
    return open_camera(
        camera, clock=clock, zone=settings.timezone, password=password.get_secret_value() if password else None
    )


async def _simulated_clock(simulated: SimulatedSource, camera: CameraSettings, store: Store) -> Clock:
    """The time of a simulated camera goes on where the last run left it, as a real one's does."""
    memories = [await store.load_memory(nest.name) for nest in camera.nests]
    left = [memory.at for memory in memories if memory is not None and memory.at is not None]
    return ScaledClock(start=max([simulated.start, *left]), speed=simulated.speed)


async def _open_messengers(parts: _Parts, terminal: Terminal, stack: AsyncExitStack) -> Mapping[str, Messenger]:
    settings, messengers = parts.settings, dict[str, Messenger]()
    if settings.chat.terminal:
        messengers[TERMINAL] = TerminalMessenger(
            terminal.write,
            names=_names(settings),
            zone=settings.timezone,
            data_dir=settings.data_dir,
            as_json=terminal.as_json,
            colour=terminal.colour,
        )
        await parts.store.subscribe(Subscriber(chat=TERMINAL, name=TERMINAL, since=SystemClock().now()))
    else:
        await parts.store.unsubscribe(TERMINAL)
    if settings.chat.telegram is not None:
        bot = await stack.enter_async_context(_telegram(parts, settings.chat.telegram))
        messengers["telegram"] = bot
        parts.lives["bot"] = bot.run
    return messengers


def _telegram(parts: _Parts, telegram: TelegramSettings) -> "TelegramBot":
    from coopwatch.bot.telegram import TelegramBot  # noqa: PLC0415 (a daemon without a bot is spared its memory)

    token = telegram_token(telegram)
    if token is None:
        raise ConfigError(
            "chat.telegram: received no token, expected one; name a file with `token_file`, a variable with "
            "`token_env`, or give systemd the credential `token`"
        )
    return TelegramBot(
        token=token.get_secret_value(),
        api_url=telegram.api_url,
        store=parts.store,
        coop=parts,
        names=_names(parts.settings),
        zone=parts.settings.timezone,
        data_dir=parts.settings.data_dir,
        clock=SystemClock(),
    )


async def _serve(parts: _Parts, stop: asyncio.Event) -> None:
    """Let all parts live until told to stop, or until one dies and takes the rest along."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(life(), name=name) for name, life in parts.lives.items()]
            await stop.wait()
            for task in tasks:
                task.cancel()
    finally:
        parts.rounds.pulse.stop()


async def _compare(parts: _Parts) -> Comparison | None:
    """What was told of simulated cameras beside what was true, but for the last minutes, which were not judged yet."""
    told: list[Event] = []
    true: list[Event] = []
    watched = timedelta(0)
    for one in parts.simulations:
        end = (one.watch.seen_at or one.began) - JUDGED_WITHIN
        if end <= one.began:
            continue
        told += [
            event
            for event in await parts.store.newest_events(100_000)
            if event.camera == one.watch.name and event.told_at >= one.began and event.at < end
        ]
        true += one.coop.events(one.began, end)
        watched += end - one.began
    return Comparison(told=tuple(told), true=tuple(true), watched=watched) if watched else None


def _names(settings: Settings) -> dict[str, str]:
    return {label: hen.name for label, hen in settings.hens.items()}
