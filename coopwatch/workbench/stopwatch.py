"""Times the steps of long work: named stretches of code in, their seconds out."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from coopwatch.workbench.run_folder import Step


class Stopwatch:
    """Keeps what it timed, in order."""

    def __init__(self) -> None:
        self._steps: list[Step] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """What was timed so far."""
        return tuple(self._steps)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what is done inside; an exception leaves no step."""
        began = perf_counter()
        yield
        self._steps.append(Step(name=name, seconds=round(perf_counter() - began, 3)))
