"""A config file in; a word whenever it was saved anew and lies still, so that no half-written file is read."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG

LOOK_EVERY = 1.0  # seconds
STILL = 2.0  # an editor writes a file in one go; a slow copy over the network may pause
STILL_IN_A_LINE = (
    20.0  # a file that ends in the middle of a line looks like half of one; one that is gone may come back
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One look at the file. It is compared by what `os.stat` says, since a config is small but looked at often."""

    stamp: tuple[int, int, int]  # inode, size, time of the last change
    ends_a_line: bool  # an empty file does not: it is about to be written


@dataclass(slots=True, kw_only=True)
class Stillness:
    """Judges looks at a file: is there a new one, and has it been left alone for long enough?"""

    taken: Saved | None  # what was read last
    _newest: Saved | None = field(init=False)
    _since: float = 0.0

    def __post_init__(self) -> None:
        self._newest = self.taken

    def look(self, seen: Saved | None, now: float, *, asked: bool = False) -> bool:
        """Whether to read the file now; `asked`, also when it is the one that was read last.

        None: no file is there that can be read. If that lasts, it is "read" too, so that the keeper hears of it.
        """
        if seen != self._newest:
            self._newest, self._since = seen, now
        if seen == self.taken and not asked:
            return False
        is_whole = seen is not None and seen.ends_a_line
        if seen != self.taken and now - self._since < (STILL if is_whole else STILL_IN_A_LINE):
            return False
        self.taken = seen
        return True


class SavedFile:
    """Follows one file from the moment it was made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stillness = Stillness(taken=_look(path))
        self._asked = False

    def ask(self) -> None:
        """Read the file soon even if it did not change: what it names may have, such as a file with a password."""
        self._asked = True

    async def saved(self) -> None:
        """Wait until the file is to be read."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            seen = await asyncio.to_thread(_look, self.path)
            if self._stillness.look(seen, asyncio.get_running_loop().time(), asked=self._asked):
                self._asked = False
                return


def _look(path: Path) -> Saved | None:
    try:
        stat = path.stat()
        if not S_ISREG(stat.st_mode):  # a folder; or a pipe, which keeps waiting whoever opens it
            return None
        with path.open("rb") as file:
            file.seek(max(0, stat.st_size - 1))
            return Saved(stamp=(stat.st_ino, stat.st_size, stat.st_mtime_ns), ends_a_line=file.read(1) == b"\n")
    except OSError:  # being replaced, gone, or not for this user's eyes
        return None
