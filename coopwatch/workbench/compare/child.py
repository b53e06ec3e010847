"""A contender and options of `coopwatch train` in; a model trained in a process of its own, and its peak memory, out.

The backend of Keras is chosen when it is imported, and memory is told for whole processes: so each has its own.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from coopwatch.errors import CoopwatchError
from coopwatch.workbench.compare.entry import Contender
from coopwatch.workbench.progress import Progress


def train_apart(contender: Contender, options: Sequence[str], out: Path, progress: Progress) -> float | None:
    """Train to the model folder `out`; the peak of resident memory in MB (10^6 bytes), where /proc tells it.

    Raises:
        CoopwatchError: it failed; the text is what the child said last.
    """
    command = [sys.executable, "-m", "coopwatch", "train", *options, "--network", contender.network, "--out", str(out)]
    environment = {**os.environ, "KERAS_BACKEND": contender.backend, "PYTHONUNBUFFERED": "1"}
    peak: float | None = None
    last = "nothing"
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace"
    ) as child:
        assert child.stderr is not None
        try:
            for line in child.stderr:
                last = line.strip() or last
                progress.tell(f"{contender.name}: {line.rstrip()}")
                peak = _peak_mb(child.pid) or peak  # it only grows: the last line's is the highest
        finally:
            if child.poll() is None and sys.exc_info()[0] is not None:
                child.kill()  # Ctrl-C, say: no child goes on alone
    if child.returncode:
        raise CoopwatchError(last if child.returncode > 0 else f"ended by signal {-child.returncode}; {last}")
    return peak


def _peak_mb(pid: int) -> float | None:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM:")), None)
