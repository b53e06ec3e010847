"""What arrives in many chats while the network, the Bot API and the program itself fail in every way.

    make proof-bot          the long form: 200 chats, 1,000 events, ten minutes of outage

The short form is a test. Every event names a hen of its own, so that a chat can be read.
"""

import asyncio
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from peers.bot_api import BotApi, Fault, arrive_and_drop, bot_api, drop, hang, refuse, slow, swallow
from PIL import Image

from coopwatch.clock import SystemClock
from coopwatch.core.memory import Memory
from coopwatch.store.database import Database
from coopwatch.subscriber import Subscriber, SubscriberRole
from coopwatch.values import Event, EventKind

CHILD = Path(__file__).with_name("bot_child.py")
SENDS = ("sendMessage", "sendPhoto")
PHOTOS = 20
MOVED_BY = 500  # a group that becomes a supergroup has this much lower a number

PHOTO = "400 on a photo"
WEATHER: Sequence[tuple[str, float, Fault]] = (
    ("429", 0.02, refuse(429, "Too Many Requests: retry after 1", retry_after=1)),
    ("500", 0.02, refuse(500, "Internal Server Error")),
    ("dropped", 0.02, drop),
    ("arrived, then dropped", 0.01, arrive_and_drop),
    ("arrived, then timed out", 0.01, swallow),
    ("slow", 0.02, slow),
    (PHOTO, 0.02, refuse(400, "Bad Request: IMAGE_PROCESS_FAILED")),
)
"""How often each fault comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """How large, how long, how bad."""

    people: int
    groups: int
    events: int
    gap_seconds: float  # between two events
    outage_seconds: float
    kills: int
    answer_seconds: float  # that the bot waits for an answer
    pause_seconds: float  # before its first further attempt
    drain_seconds: float  # after the last event
    seed: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the chats read."""

    expected: int  # events times chats that could be reached
    lost: Sequence[str]
    doubled: Sequence[str]
    messages: int
    most_a_minute: int  # into a group
    faults: Mapping[str, int]
    seconds: float

    def table(self) -> str:
        """For people."""
        faults = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items()))
        return (
            f"{self.expected} events to chats in {self.messages} messages within {self.seconds:.0f} s\n"
            f"lost: {len(self.lost)}; doubled: {len(self.doubled)}, "
            f"{1000 * len(self.doubled) / self.expected:.2f} in 1,000\n"
            f"most messages a minute into a group: {self.most_a_minute}\n"
            f"faults: {faults}"
        )


@dataclass(slots=True, kw_only=True)
class _Weather:
    """Faults by chance, and chats that are blocked, hang or move."""

    chance: random.Random
    blocked: int
    hanging: int
    moving: int
    count: Counter[str] = field(default_factory=Counter)
    is_calm: bool = True  # until every chat has had its first message, as with the answer to its /start

    def __call__(self, method: str, fields: Mapping[str, str]) -> Fault | None:
        chat_id = int(fields.get("chat_id", 0))
        if self.is_calm or (method not in SENDS and not method.startswith("edit")):
            return None
        if chat_id == self.blocked:
            return self._named("403", refuse(403, "Forbidden: bot was blocked by the user"))
        if chat_id == self.hanging:
            return self._named("hanging chat", hang)
        if chat_id == self.moving:
            moved = chat_id - MOVED_BY
            return self._named("moved", refuse(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=moved))
        drawn = self.chance.random()
        for name, share, fault in WEATHER:
            drawn -= share
            if drawn < 0 and (method == "sendPhoto" or name != PHOTO):
                return self._named(name, fault)
        return None

    def _named(self, name: str, fault: Fault) -> Fault:
        self.count[name] += 1
        return fault


async def run(api: BotApi, folder: Path, storm: Storm) -> Outcome:
    """Let it storm, then read the chats."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    people = list(range(1, storm.people + 1))
    groups = [-number for number in range(1, storm.groups + 1)]
    weather = _Weather(chance=random.Random(storm.seed), blocked=people[-1], hanging=people[-2], moving=groups[-1])
    api.weather = weather
    _draw_photos(folder)
    async with Database(folder) as store, _Program(api, folder, storm).running() as program:
        for chat_id in (*people, *groups):
            role = SubscriberRole.KEEPER if chat_id == people[0] else SubscriberRole.VIEWER
            now = SystemClock().now()
            await store.subscribe(Subscriber(chat=f"telegram:{chat_id}", name=str(chat_id), since=now, role=role))
        await store.tell([Event(kind=EventKind.MODEL_CHANGED, camera=None, nest=None, at=now, told_at=now)])
        await _drain(store, storm, began=loop.time())
        weather.is_calm = False
        async with asyncio.TaskGroup() as tasks:
            expected = await _let_happen(store, storm, program, tasks)
        await _drain(store, storm, began=loop.time(), without={f"telegram:{weather.hanging}"})
    reachable = [chat_id for chat_id in (*people, *groups) if chat_id not in (weather.blocked, weather.hanging)]
    weather.count["killed"] = storm.kills
    return _read(api, reachable, expected, weather, loop.time() - began)


class _Program:
    """The bot, alive until it is killed; then another one goes on."""

    def __init__(self, api: BotApi, folder: Path, storm: Storm) -> None:
        self._arguments = [CHILD, folder, api.url, api.token, storm.answer_seconds, storm.pause_seconds]
        self.api = api
        self._process: asyncio.subprocess.Process | None = None
        self._said: asyncio.Task[bytes] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["_Program"]:
        await self._start()
        try:
            yield self
        finally:
            await self._kill()

    async def replace(self) -> None:
        """Kill it, wherever it is, and wait until the next one is at work."""
        await self._kill()
        await self._start()

    async def _start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *map(str, self._arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._said = asyncio.create_task(self._process.stderr.read(), name="what the bot complains of")
        assert await self._process.stdout.readline() == b"at work\n", (await self._said).decode()

    async def _kill(self) -> None:
        assert self._process is not None
        assert self._said is not None
        assert self._process.returncode is None, (await self._said).decode()
        self._process.kill()
        await self._process.wait()
        await self._said


async def _cut_off(api: BotApi, storm: Storm) -> None:
    """Take the network away for a while."""
    await api.down()
    await asyncio.sleep(storm.outage_seconds)
    await api.up()


async def _let_happen(store: Database, storm: Storm, program: _Program, tasks: asyncio.TaskGroup) -> Sequence[str]:
    """Visits, eggs and misfortunes; returns what a chat must read: of a visit that it ended, of an egg whose it is.

    What befalls the program comes at events and not at times, so that a slow machine sees the same storm.
    """
    chance = random.Random(storm.seed + 1)
    kills = set(chance.sample(range(storm.events // 5, storm.events), storm.kills))
    phrases = []
    visit: Event | None = None
    for number in range(storm.events):
        now = SystemClock().now()
        hen = f"hen{number - (visit is not None):05}"
        photo = f"photos/{number % PHOTOS}.jpg"
        common = {"camera": "nestcam", "nest": "left", "at": now, "told_at": now, "hens": (hen,), "photo": photo}
        if visit is not None:
            event = Event(kind=EventKind.HEN_LEFT, began=visit.at, **common)
            phrases.append(f"{hen} nested")
            visit = None
        elif number % 3 == 0 or number == storm.events - 1:
            event = Event(kind=EventKind.EGG_LAID, **common)
            phrases.append(f"by {hen}")
        else:
            event = visit = Event(kind=EventKind.HEN_NESTING, **common)
        await store.save(Memory(camera="nestcam", nest="left"), [event])
        moment = chance.random() * storm.gap_seconds
        await asyncio.sleep(moment)
        if number in kills:
            await program.replace()
        if number == storm.events // 3:
            tasks.create_task(_cut_off(program.api, storm), name="outage")
        await asyncio.sleep(storm.gap_seconds - moment)
    return [phrase.capitalize() if phrase.startswith("hen") else phrase for phrase in phrases]


async def _drain(store: Database, storm: Storm, *, began: float, without: Collection[str] = ()) -> None:
    """Wait until nothing waits any more."""
    later = timedelta(days=1)
    while await store.unsent(SystemClock().now() + later, 1, without=without):
        assert asyncio.get_running_loop().time() - began < storm.drain_seconds, "messages still wait"
        await asyncio.sleep(0.2)


def _read(api: BotApi, reachable: Sequence[int], phrases: Sequence[str], weather: _Weather, seconds: float) -> Outcome:
    """Read what each chat was told, in how many messages, and how close together."""
    said: dict[int, dict[int, str]] = defaultdict(dict)  # chat -> message -> all that it ever said
    first: dict[int, dict[int, float]] = defaultdict(dict)  # chat -> message -> when it came
    for at, chat_id, number, text in api.shown:
        chat = chat_id + MOVED_BY if chat_id == weather.moving - MOVED_BY else chat_id
        said[chat][number] = said[chat].get(number, "") + "\n" + text
        first[chat].setdefault(number, at)
    lost, doubled = list[str](), list[str]()
    for chat in reachable:
        for phrase in phrases:
            times = sum(phrase in text for text in said[chat].values())
            doubled += [f"{phrase!r} in {chat}"] * (times - 1)
            if not times:
                lost.append(f"{phrase!r} in {chat}")
    return Outcome(
        expected=len(reachable) * len(phrases),
        lost=lost,
        doubled=doubled,
        messages=sum(len(messages) for messages in said.values()),
        most_a_minute=max(_most_a_minute(sorted(times.values())) for chat, times in first.items() if chat < 0),
        faults=weather.count,
        seconds=seconds,
    )


def _most_a_minute(times: Sequence[float]) -> int:
    return max((sum(at <= other < at + 60 for other in times) for at in times), default=0)


def _draw_photos(folder: Path) -> None:
    (folder / "photos").mkdir(parents=True)
    for number in range(PHOTOS):
        Image.effect_noise((64, 48), 10 + number).convert("RGB").save(folder / "photos" / f"{number}.jpg", "JPEG")


LONG = Storm(
    people=190,
    groups=10,
    events=1000,
    gap_seconds=0.3,
    outage_seconds=600,
    kills=5,
    answer_seconds=20,
    pause_seconds=5,
    drain_seconds=1800,
)


async def _long() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with bot_api() as api:
            outcome = await run(api, Path(folder) / "data", LONG)
    print(outcome.table())  # noqa: T201 (a person runs this)
    assert not outcome.lost, outcome.lost[:10]
    assert len(outcome.doubled) <= outcome.expected / 1000
    assert outcome.most_a_minute <= 20


if __name__ == "__main__":
    asyncio.run(_long())
