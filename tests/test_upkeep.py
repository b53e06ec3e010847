"""When the database is checked, and that a keeper reads of a disk that runs full."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from fakes.store import FakeStore

from coopwatch import upkeep
from coopwatch.clock import ManualClock
from coopwatch.config.settings import KeepSettings
from coopwatch.store.retention import Keep
from coopwatch.upkeep import Upkeep, is_due

BERLIN = ZoneInfo("Europe/Berlin")


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
