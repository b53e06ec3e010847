"""The machine that coopwatch runs on: settings in; findings about disk, memory and clock out."""

import ctypes
import os
import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from coopwatch.config.settings import Settings
from coopwatch.doctor.finding import Finding, Grade
from coopwatch.errors import UserMustActError
from coopwatch.store.place import require_local

SLOW_WRITE = timedelta(milliseconds=200)
NEEDED_MB = 400  # of free memory for 16 nests
_UNSYNCHRONISED = 5  # TIME_ERROR of adjtimex(2)


def check_machine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """All checks."""
    yield check_folder(settings.data_dir)
    yield from check_disk(settings)
    yield check_memory()
    yield check_clock(settings, now)


def check_folder(folder: Path) -> Finding:
    """May coopwatch live there, and write?"""
    try:
        require_local(folder)
    except UserMustActError as error:
        return Finding(check="data folder", grade=Grade.ILL, seen=str(error), remedy="choose another `data_dir`")
    existing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        remedy = f"run this as the user of coopwatch, or make {existing} belong to that user"
        return Finding(check="data folder", grade=Grade.ILL, seen=f"{existing} cannot be written here", remedy=remedy)
    return Finding(check="data folder", grade=Grade.WELL, seen=f"{folder} can be written")


def check_disk(settings: Settings) -> Iterator[Finding]:
    """Is there room, and does the disk keep up with an event being saved?"""
    existing = next(place for place in (settings.data_dir, *settings.data_dir.absolute().parents) if place.exists())
    free = shutil.disk_usage(existing).free / 1e9
    short = free < settings.keep.reserve_gb
    remedy = "make room: until then old pictures are deleted, the film of the day first" if short else ""
    yield Finding(check="room", grade=Grade.CARE if short else Grade.WELL, seen=f"{free:.1f} GB free", remedy=remedy)
    if not os.access(existing, os.W_OK):
        return
    try:
        took = _write_seconds(existing)
    except OSError as error:
        remedy = "make room if the disk is full, else replace it"
        yield Finding(check="disk", grade=Grade.ILL, seen=f"no file can be written ({error.strerror})", remedy=remedy)
        return
    slow = took > SLOW_WRITE.total_seconds()
    remedy = "look for another program that writes all the time, or for a worn memory card" if slow else ""
    seen = f"a small file is safe on the disk after {took * 1000:.0f} ms"
    yield Finding(check="disk", grade=Grade.CARE if slow else Grade.WELL, seen=seen, remedy=remedy)


def check_memory() -> Finding:
    """Is there room for the daemon beside what runs already?"""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) / 1000 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return Finding(check="memory", grade=Grade.WELL, seen="unknown on this system")
    if free < NEEDED_MB:
        remedy = f"end other programs: {NEEDED_MB} MB are wanted where coopwatch does not run yet"
        return Finding(check="memory", grade=Grade.CARE, seen=f"{free:.0f} MB available", remedy=remedy)
    return Finding(check="memory", grade=Grade.WELL, seen=f"{free:.0f} MB available")


def check_clock(settings: Settings, now: datetime) -> Finding:
    """Does the clock run with the world's, and when do the coop's clocks change?"""
    local = now.astimezone(settings.timezone)
    days = (local + timedelta(days=day) for day in range(1, 370))
    change = next((day for day in days if day.utcoffset() != local.utcoffset()), None)
    seen = f"{local:%Y-%m-%d %H:%M} at the coop" + (f", clocks change by {change:%Y-%m-%d}" if change else "")
    if not _is_synchronised():
        remedy = "switch time synchronisation on: timedatectl set-ntp true"
        return Finding(check="clock", grade=Grade.CARE, seen=f"{seen}; set by nobody", remedy=remedy)
    return Finding(check="clock", grade=Grade.WELL, seen=seen)


def _write_seconds(folder: Path) -> float:
    """The median of five small files written as an event is: until the disk has them."""
    took = []
    for _ in range(5):
        began = time.perf_counter()
        with NamedTemporaryFile(dir=folder) as file:
            file.write(bytes(16384))
            file.flush()
            os.fsync(file.fileno())
        took.append(time.perf_counter() - began)
    return sorted(took)[2]


def _is_synchronised() -> bool:
    """What the kernel says of the clock; true where it cannot be asked."""
    try:
        asked = ctypes.create_string_buffer(512)  # struct timex with modes 0: nothing is set
        return bool(ctypes.CDLL(None).adjtimex(asked) != _UNSYNCHRONISED)
    except (OSError, AttributeError):
        return True
