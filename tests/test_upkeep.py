"""When the database is checked, and that a keeper reads of a disk that runs full."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from fakes.store import FakeStore

from coopwatch import upkeep
from coopwatch.clock import ManualClock
from coopwatch.config.settings import KeepSettings
from coopwatch.errors import UnusableStoreError
from coopwatch.ports import Store
from coopwatch.store.database import FILE, Database
from coopwatch.store.retention import Keep
from coopwatch.subscriber import Subscriber
from coopwatch.upkeep import Upkeep, is_due
from coopwatch.values import Event, EventKind

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("checked", "now", "due"),
    [
        ("2026-05-01 00:00", "2026-05-01 01:00", False),
        ("2026-05-01 01:00", "2026-05-01 01:29", False),  # 03:29 in Berlin
        ("2026-05-01 01:00", "2026-05-01 01:30", True),
        ("2026-05-01 01:30", "2026-05-02 01:29", False),
        ("2026-05-01 01:30", "2026-05-09 12:00", True),  # it was off for a week
        ("2026-10-24 01:30", "2026-10-25 02:29", False),  # the night when 02:00 to 03:00 comes twice
        ("2026-10-24 01:30", "2026-10-25 02:30", True),
        ("2026-03-28 02:30", "2026-03-29 01:30", True),  # the night without 02:00 to 03:00
    ],
)
def test_the_database_is_checked_once_a_night_on_the_coops_clock(checked: str, now: str, due: bool) -> None:
    before, after = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (checked, now))
    assert is_due(before, after, BERLIN) == due


class WornDisk(FakeStore):
    """A store whose files go bad."""

    damage: str | None = None

    async def find_damage(self) -> str | None:
        return self.damage


async def test_each_night_the_database_is_checked_and_damage_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after the clock was a year ahead: the night checked last lay in the future, and the next was never due."""
    monkeypatch.setattr(upkeep, "EVERY", timedelta(0))
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    clock, store = ManualClock(noon + timedelta(days=365)), WornDisk()
    moments = iter([noon, noon, noon + timedelta(days=1), noon + timedelta(days=1), noon + timedelta(days=2)])
    told, over = list[str](), asyncio.Event()

    async def tell(reason: str) -> None:
        told.append(f"{clock.now():%d} {reason}")

    def settings() -> object:
        return SimpleNamespace(keep=KeepSettings(reserve_gb=1e-9), timezone=BERLIN)

    def sweep(*_: object, **__: object) -> None:
        moment = next(moments, None)
        if moment is None:
            over.set()
            return
        clock.hold(moment)
        store.damage = "page 7 is not in order" if moment > noon else None

    monkeypatch.setattr(upkeep, "sweep", sweep)
    life = Upkeep(store=store, data_dir=tmp_path, settings=settings, clock=clock, tell=tell)
    running = asyncio.create_task(life.run())
    await over.wait()
    running.cancel()
    assert [text.partition(":")[0] for text in told] == ["02 The database is damaged", "03 The database is damaged"]


@pytest.mark.parametrize(("reserve_gb", "times"), [(1e6, 1), (1e-9, 0)])
async def test_a_disk_that_runs_full_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reserve_gb: float, times: int
) -> None:
    monkeypatch.setattr(upkeep, "EVERY", timedelta(0))
    told: list[str] = []
    rounds = iter(range(4))
    over = asyncio.Event()

    async def tell(reason: str) -> None:
        told.append(reason)

    def settings() -> object:
        if next(rounds, None) is None:
            over.set()
        return SimpleNamespace(keep=KeepSettings(reserve_gb=reserve_gb), timezone=BERLIN)

    life = Upkeep(
        store=FakeStore(),
        data_dir=tmp_path,
        settings=settings,
        clock=ManualClock(datetime(2026, 5, 1, 12, tzinfo=UTC)),
        tell=tell,
    )
    running = asyncio.create_task(life.run())
    await over.wait()
    running.cancel()
    assert [text.partition(".")[0] for text in told] == ["The disk runs full"] * times


async def test_the_sweep_keeps_what_the_config_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, over = list[Keep](), asyncio.Event()

    def sweep(_: Path, keep: Keep, **__: object) -> None:
        kept.append(keep)
        over.set()

    monkeypatch.setattr(upkeep, "sweep", sweep)
    life = Upkeep(
        store=FakeStore(),
        data_dir=tmp_path,
        settings=lambda: SimpleNamespace(
            keep=KeepSettings(photo_days=30, photos_gb=2, reserve_gb=1e-9), timezone=BERLIN
        ),
        clock=ManualClock(datetime(2026, 5, 1, 12, tzinfo=UTC)),
        tell=lambda _: asyncio.sleep(0),
    )
    running = asyncio.create_task(life.run())
    await over.wait()
    running.cancel()
    assert kept == [Keep(photo_age=timedelta(days=30), photo_bytes=2_000_000_000, reserve_bytes=1)]


def delete(data: Path) -> None:
    shutil.rmtree(data)


def move(data: Path) -> None:
    data.rename(data.with_name("moved"))


def replace(data: Path) -> None:
    move(data)
    shutil.copytree(data.with_name("moved"), data)


def delete_file_alone(data: Path) -> None:
    (data / FILE).unlink()


@pytest.mark.parametrize("spoil", [delete, move, replace, delete_file_alone])
async def test_a_database_that_is_moved_or_deleted_is_told_in_the_chat_then_ends_the_daemon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Path], None]
) -> None:
    """SQLite wrote on, without a word, into a file that no later start would find."""
    monkeypatch.setattr(upkeep, "PLACE_EVERY", timedelta(0))
    data = tmp_path / "data"
    async with Database(data) as store:
        await store.subscribe(Subscriber(chat="terminal", name="t", since=NOON))

        async def tell(reason: str) -> None:
            await store.tell(
                [Event(kind=EventKind.CAMERA_LOST, camera=None, nest=None, at=NOON, told_at=NOON, reason=reason)]
            )

        watching = asyncio.create_task(life_of(data, store, tell).watch_place())
        await asyncio.sleep(0)  # it has begun
        spoil(data)
        with pytest.raises(UnusableStoreError, match="moved or deleted while it was open; put its folder back"):
            await watching
        (message,) = await store.unsent(NOON, 9)
    assert f"coopwatch ends now. Database {data / FILE}: it is no longer in its place" in message.event.reason


async def test_a_database_that_is_put_back_at_once_is_told_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, told = iter([False, True, False, True, True]), list[str]()
    monkeypatch.setattr(upkeep, "PLACE_EVERY", timedelta(0))
    monkeypatch.setattr(upkeep, "_is_gone", lambda *_: next(looks))
    (tmp_path / FILE).touch()

    async def tell(reason: str) -> None:
        told.append(reason)

    with pytest.raises(UnusableStoreError):
        await life_of(tmp_path, FakeStore(), tell).watch_place()
    assert (len(told), [*looks]) == (2, [])


async def test_a_database_without_a_file_is_not_missed(tmp_path: Path) -> None:
    await life_of(tmp_path, FakeStore(), print).watch_place()


def life_of(data: Path, store: Store, tell: Callable[[str], object]) -> Upkeep:
    return Upkeep(store=store, data_dir=data, settings=lambda: None, clock=ManualClock(NOON), tell=tell)
