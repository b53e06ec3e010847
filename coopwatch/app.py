"""The only place that builds the parts and joins them: settings in, a running daemon, until it is told to stop."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

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

LOOK_DEADLINE = timedelta(seconds=60)  # for grabbing, classifying and saving one frame; each part has a shorter one
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
class _Post:
    """A camera that is watched."""

    watch: Watch
    every: timedelta  # in real time
    clock: Clock  # the camera's own
    began: datetime
    simulated: SimulatedCoop | None = None


@dataclass(slots=True, kw_only=True)
class _Parts:
    """What runs together; also the Coop that a chat may ask."""

    settings: Settings
    store: Store
    classifier: InferenceClient
    posts: list[_Post] = field(default_factory=list)
    lives: dict[str, Callable[[], Coroutine[None, None, None]]] = field(default_factory=dict)  # run for ever

    def status(self) -> Sequence[CameraStatus]:
        """The state of every camera and nest."""
        return [post.watch.status() for post in self.posts]

    def newest_photo(self, nest: str | None) -> bytes | None:
        """The newest picture of the nest, or of the first camera."""
        return next((photo for post in self.posts if (photo := post.watch.photo(nest)) is not None), None)


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
        parts = _Parts(settings=settings, store=store, classifier=classifier)
        messengers = await _open_messengers(parts, terminal, stack)
        outbox = Outbox(store, messengers, SystemClock())
        parts.lives["outbox"] = outbox.run
        for camera in settings.cameras:
            parts.posts.append(await _open_post(parts, camera, folder, outbox.wake, stack))
        await _serve(parts, stop)
        return await _compare(parts)


async def _open_post(
    parts: _Parts, camera: CameraSettings, folder: ModelFolder, told: Callable[[], None], stack: AsyncExitStack
) -> _Post:
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
    every = timedelta(seconds=camera.every_seconds / (1 if simulated is None else simulated.speed))
    return _Post(watch=watch, every=every, clock=clock, began=clock.now(), simulated=coop)


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
    """Look through every camera at its own pace until told to stop, or until a part dies and takes the rest along."""
    pulse = Pulse(parts.settings.data_dir)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(life(), name=name) for name, life in parts.lives.items()]
            tasks.append(group.create_task(_looking(parts, pulse), name="cameras"))
            await stop.wait()
            for task in tasks:
                task.cancel()
    finally:
        pulse.stop()


async def _looking(parts: _Parts, pulse: Pulse) -> None:
    """Let the scheduler look through each camera at its own pace, for ever; the first look that dies ends it."""
    died: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def end(event: JobExecutionEvent) -> None:
        if not died.done():
            died.set_exception(event.exception)

    scheduler = AsyncIOScheduler(
        timezone=parts.settings.timezone,
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    scheduler.add_listener(end, EVENT_JOB_ERROR)
    now = SystemClock().now()
    for post in parts.posts:
        every = IntervalTrigger(seconds=post.every.total_seconds(), start_date=now, timezone=UTC)
        scheduler.add_job(_look, every, args=(parts, post, pulse), id=post.watch.name, next_run_time=now)
    scheduler.start()
    try:
        await died
    finally:
        scheduler.shutdown(wait=False)


async def _look(parts: _Parts, post: _Post, pulse: Pulse) -> None:
    """One look through a camera, within its deadline; then the heart beats, if the worker lives.

    A camera that gives no picture does not stop the heart: to start the daemon anew would not bring it back, and the
    chat tells of it. What stops it is a look that never ends, or a worker that does not answer.
    """
    try:
        async with asyncio.timeout(LOOK_DEADLINE.total_seconds()):
            await post.watch.look()
    except TimeoutError:
        await post.watch.miss(f"no answer within {LOOK_DEADLINE.total_seconds():g} s")
    except asyncio.CancelledError:
        return  # the daemon stops; the scheduler would call it an error
    if parts.classifier.is_answering:
        troubles = [status.trouble for status in parts.status() if status.trouble]
        pulse.beat(SystemClock().now(), "; ".join(troubles) or f"watching {len(parts.posts)} cameras, all is well")


async def _compare(parts: _Parts) -> Comparison | None:
    """What was told of simulated cameras beside what was true, but for the last minutes, which were not judged yet."""
    told: list[Event] = []
    true: list[Event] = []
    watched = timedelta(0)
    for post in parts.posts:
        end = (post.watch.seen_at or post.began) - JUDGED_WITHIN
        if post.simulated is None or end <= post.began:
            continue
        told += [
            event
            for event in await parts.store.newest_events(100_000)
            if event.camera == post.watch.name and event.told_at >= post.began and event.at < end
        ]
        true += post.simulated.events(post.began, end)
        watched += end - post.began
    return Comparison(told=tuple(told), true=tuple(true), watched=watched) if watched else None


def _names(settings: Settings) -> dict[str, str]:
    return {label: hen.name for label, hen in settings.hens.items()}
