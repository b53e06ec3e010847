"""Times the steps of long work: named stretches of code in, their seconds and the memory they took out."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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
        self._steps.append(Step(name=name, seconds=round(perf_counter() - began, 3), peak_mb=_peak_mb()))


def _peak_mb() -> float | None:
    """The highest resident memory of this process so far, in MB (10^6 bytes), where the system has /proc."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((round(int(line.split()[1]) * 1024 / 1e6, 1) for line in lines if line.startswith("VmHWM:")), None)
