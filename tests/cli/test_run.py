"""What `run` does before it watches; watching itself is tried in tests/acceptance."""

import subprocess
import sys

CODE = """
import resource
from coopwatch.cli.run import _leave_no_core
_leave_no_core()
print(*resource.getrlimit(resource.RLIMIT_CORE))
"""


def test_a_crash_leaves_no_memory_on_the_disk() -> None:
    told = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert told.stdout == "0 0\n"
