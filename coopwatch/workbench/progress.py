"""Says how far long work is: a bar on a terminal, plain lines otherwise."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

T = TypeVar("T")


class Progress(Protocol):
    """Where long work reports to."""

    def tell(self, line: str) -> None:
        """One sentence that stays."""
        ...

    def step(self, what: str, done: int, total: int) -> None:
        """`done` of `total` steps of `what` are done."""
        ...


def track(progress: Progress, what: str, items: Sequence[T]) -> Iterator[T]:
    """The items one by one, each reported when the next is asked for."""
    for done, item in enumerate(items):
        progress.step(what, done, len(items))
        yield item
    progress.step(what, len(items), len(items))


@contextmanager
def open_progress(console: Console | None = None) -> Iterator[Progress]:
    """Bars if the console (default: standard error) is a terminal, else lines."""
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console, transient=True) as bars:
        yield _Bars(bars)


class _Lines:
    """A line at each quarter of the way."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._quarters: dict[str, int] = {}

    def tell(self, line: str) -> None:
        self._console.print(line, soft_wrap=True, highlight=False, markup=False)

    def step(self, what: str, done: int, total: int) -> None:
        quarter = 4 * done // total if total else 4
        if quarter > self._quarters.get(what, 0):
            self.tell(f"{what}: {done} of {total}")
        self._quarters[what] = quarter if done < total else 0


class _Bars:
    """A bar for each kind of work."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars

    def tell(self, line: str) -> None:
        self._bars.console.print(line, highlight=False, markup=False)

    def step(self, what: str, done: int, total: int) -> None:
        task = next((task.id for task in self._bars.tasks if task.description == what), None)
        if task is None:
            task = self._bars.add_task(what, total=total)
        self._bars.update(task, completed=done, total=total)


class Silent:
    """Reports nothing; for callers without a screen."""

    def tell(self, line: str) -> None:
        """Nothing."""

    def step(self, what: str, done: int, total: int) -> None:
        """Nothing."""


def listed(words: Iterable[object], most: int = 5) -> str:
    """The first few words, and how many more there are."""
    words = list(words)
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(map(str, words[:most])) + more
