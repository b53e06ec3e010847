"""What pictures are on the disk, and how much room there is, in; which of them go, oldest first, out."""

import logging
import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from coopwatch.store.faults import store_faults
from coopwatch.store.photos import FOLDER

log = logging.getLogger(__name__)

FILM = "album"  # pictures of the last day, which no event shows
MOST_NAMED = 1000  # photos that people named outlive the others, the newest ones: about 200 MB
YOUNG = timedelta(days=1)  # a photo may still be on its way to a chat


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One file."""

    file: Path
    at: datetime  # when it was written
    size: int
    is_photo: bool  # of an event; else of the film


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How much may stay."""

    photo_age: timedelta
    photo_bytes: int
    reserve_bytes: int  # of the disk, kept free


def choose(pictures: Sequence[Picture], keep: Keep, *, now: datetime, free: int) -> list[Picture]:
    """The pictures to delete: photos that are too old or too many, then whatever the reserve needs, the film first.

    Photos of the last day go only where they are too many. Pure.
    """
    photos = sorted((one for one in pictures if one.is_photo), key=lambda one: one.at)
    film = sorted((one for one in pictures if not one.is_photo), key=lambda one: one.at)
    gone = [one for one in photos if now - one.at > keep.photo_age]
    left = photos[len(gone) :]
    too_much = sum(one.size for one in left) - keep.photo_bytes
    gone += _oldest(left, too_much)
    left = photos[len(gone) :]
    missing = keep.reserve_bytes - free - sum(one.size for one in gone)
    film_gone = _oldest(film, missing)
    missing -= sum(one.size for one in film_gone)
    return [*gone, *film_gone, *_oldest([one for one in left if now - one.at > YOUNG], missing)]


def sweep(data_dir: Path, keep: Keep, *, now: datetime, named: Collection[str] = ()) -> int:
    """Delete what may not stay, but no photo that a person named; how many bytes that made free.

    Raises:
        StoreError: the folder cannot be read or written.
    """
    with store_faults(f"pictures in {data_dir}"):
        pictures = [*_pictures(data_dir / FOLDER, is_photo=True), *_pictures(data_dir / FILM, is_photo=False)]
        spared = {data_dir / photo for photo in named}
        pictures = [picture for picture in pictures if picture.file not in spared]
        gone = choose(pictures, keep, now=now, free=shutil.disk_usage(data_dir).free)
        for picture in gone:
            picture.file.unlink(missing_ok=True)
    freed = sum(picture.size for picture in gone)
    if gone:
        log.info("%d old pictures were deleted, %.1f MB.", len(gone), freed / 1e6)
    return freed


def is_short(data_dir: Path, keep: Keep) -> bool:
    """Whether the disk has less room than it should, so that someone must make some."""
    return shutil.disk_usage(data_dir).free < keep.reserve_bytes


def _oldest(pictures: Sequence[Picture], size: int) -> list[Picture]:
    """The first ones that have this size together."""
    chosen: list[Picture] = []
    for picture in pictures:
        if size <= 0:
            break
        chosen.append(picture)
        size -= picture.size
    return chosen


def _pictures(folder: Path, *, is_photo: bool) -> Iterator[Picture]:
    for file in folder.rglob("*.jpg"):
        try:
            stat = file.stat()
        except FileNotFoundError:
            continue  # the film drops its own in this moment
        yield Picture(file=file, at=datetime.fromtimestamp(stat.st_mtime, UTC), size=stat.st_size, is_photo=is_photo)
