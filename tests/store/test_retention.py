"""Which pictures go when there is no room."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.store.retention import YOUNG, Keep, Picture, choose, sweep

NOW = datetime(2026, 11, 22, tzinfo=UTC)
KEEP = Keep(photo_age=timedelta(days=100), photo_bytes=50, reserve_bytes=100)


def photo(days: float, size: int = 10) -> Picture:
    return Picture(file=Path(f"photos/{days}.jpg"), at=NOW - timedelta(days=days), size=size, is_photo=True)


def film(days: float, size: int = 10) -> Picture:
    return Picture(file=Path(f"album/{days}.jpg"), at=NOW - timedelta(days=days), size=size, is_photo=False)


@pytest.mark.parametrize(
    ("pictures", "free", "gone"),
    [
        ([photo(1), photo(99), film(0.5)], 1000, []),
        ([photo(1), photo(101)], 1000, [photo(101)]),
        ([photo(day) for day in range(1, 8)], 1000, [photo(7), photo(6)]),  # 70 bytes, 50 may stay
        ([photo(2), film(0.9), film(0.1)], 95, [film(0.9)]),  # the reserve: the film first
        ([photo(2), photo(3), film(0.1)], 85, [film(0.1), photo(3)]),  # then the oldest photo
        ([photo(0.5)], 0, []),  # a photo of the last day may still be on its way
        ([photo(101), film(0.1)], 95, [photo(101)]),  # what is too old makes room enough
        ([], 0, []),
    ],
)
def test_the_oldest_go_first_and_event_photos_last(pictures: list[Picture], free: int, gone: list[Picture]) -> None:
    assert choose(pictures, KEEP, now=NOW, free=free) == gone


pictures = st.builds(
    Picture,
    file=st.builds(Path, st.uuids().map(str)),
    at=st.timedeltas(timedelta(0), timedelta(days=300)).map(lambda age: NOW - age),
    size=st.integers(1, 40),
    is_photo=st.booleans(),
)


@given(st.lists(pictures, max_size=12), st.integers(0, 200))
def test_what_may_stay_stays_and_what_must_go_goes(found: list[Picture], free: int) -> None:
    gone = choose(found, KEEP, now=NOW, free=free)
    left = [one for one in found if one not in gone]
    assert len(gone) == len(set(gone))
    photos = [one for one in left if one.is_photo]
    assert all(NOW - one.at <= KEEP.photo_age for one in photos)
    assert sum(one.size for one in photos) <= KEEP.photo_bytes
    is_short = free + sum(one.size for one in gone) < KEEP.reserve_bytes
    assert not (is_short and any(not one.is_photo or NOW - one.at > YOUNG for one in left))


def test_what_a_person_named_outlives_what_nobody_named(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for name in ("named", "other"):
        (tmp_path / "photos" / f"{name}.jpg").write_bytes(b"12345")
    later = datetime.now(UTC) + timedelta(days=200)  # noqa: TID251 (files are dated by the machine)
    sweep(tmp_path, replace(KEEP, photo_bytes=1), now=later, named=["photos/named.jpg"])
    assert [file.name for file in (tmp_path / "photos").iterdir()] == ["named.jpg"]


def test_a_sweep_deletes_files_and_leaves_the_rest(tmp_path: Path) -> None:
    for name in ("photos/ab/x.jpg", "album/nestcam/y.jpg", "coopwatch.db"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"12345")
    later = datetime.now(UTC) + timedelta(days=200)  # noqa: TID251 (files are dated by the machine)
    assert sweep(tmp_path, Keep(photo_age=timedelta(days=100), photo_bytes=10**9, reserve_bytes=0), now=later) == 5
    assert sorted(file.name for file in tmp_path.rglob("*.*")) == ["coopwatch.db", "y.jpg"]
