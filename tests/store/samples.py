"""Events, memories and subscribers for tests of stores, made by hand and by hypothesis."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from coopwatch.core.camera import CameraMemory
from coopwatch.core.memory import Memory, Stay
from coopwatch.subscriber import Subscriber
from coopwatch.values import Event, EventKind, Visit

START = datetime(2024, 6, 21, 4, 30, tzinfo=UTC)

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (the bounds must be naive)
spans = st.timedeltas(timedelta(0), timedelta(days=30))
chances = st.floats(0, 1)
names = st.sampled_from(["left", "right"])
labels = st.lists(st.sampled_from(["red_twin", "beauty", "egg", "empty"]), unique=True).map(tuple)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
visits = st.builds(
    Visit, nest=names, hen=st.none() | texts, began=moments, ended=st.none() | moments, certainty=chances
)
events = st.builds(
    Event,
    kind=st.sampled_from(EventKind),
    camera=st.none() | st.just("nestcam"),
    nest=st.none() | names,
    at=moments,
    told_at=moments,
    hens=labels,
    certainty=chances,
    photo=st.none() | texts,
    began=st.none() | moments,
    reason=texts,
)
memories = st.builds(
    Memory,
    camera=st.just("nestcam"),
    nest=names,
    at=st.none() | moments,
    labels=labels,
    joint=st.lists(st.lists(chances, max_size=3).map(tuple), max_size=3).map(tuple),
    rising=st.lists(st.none() | moments, max_size=3).map(tuple),
    state=st.none() | texts,
    since=st.none() | moments,
    visit=st.none() | visits,
    contents=st.none() | texts,
    alarm=st.none() | events,
    sat=st.lists(st.builds(Stay, who=texts, lasted=spans, ended=moments), max_size=3).map(tuple),
)
camera_memories = st.builds(
    CameraMemory,
    camera=st.just("nestcam"),
    seen_at=st.none() | moments,
    lost_since=st.none() | moments,
    reason=texts,
)


def nesting(minutes: float = 0, *, nest: str | None = "left", camera: str | None = "nestcam") -> Event:
    """An event so many minutes after the start."""
    at = START + timedelta(minutes=minutes)
    return Event(kind=EventKind.HEN_NESTING, camera=camera, nest=nest, at=at, told_at=at, hens=("red_twin",))


def visit(began: float, ended: float, *, hen: str = "red_twin", laid: bool = False) -> list[Event]:
    """The events of a visit, from and to so many minutes after the start."""
    came = replace(nesting(began), hens=(hen,))
    at = START + timedelta(minutes=ended)
    left = replace(came, kind=EventKind.HEN_LEFT, at=at, told_at=at, began=came.at)
    return [came, left, *([replace(came, kind=EventKind.EGG_LAID, at=at, told_at=at)] if laid else [])]


def memory(nest: str = "left", state: str | None = None) -> Memory:
    """A nest's memory."""
    return Memory(camera="nestcam", nest=nest, at=START, state=state)


def keeper(chat: str = "telegram:1", *, minutes: float = 0, name: str = "Ann") -> Subscriber:
    """A subscriber since so many minutes after the start."""
    return Subscriber(chat=chat, name=name, since=START + timedelta(minutes=minutes))
