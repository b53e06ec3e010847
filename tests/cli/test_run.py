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


EARLY = """
import os, signal, sys
from pathlib import Path
import coopwatch.config.load as load
from coopwatch.cli.run import run
from coopwatch.logs import LogForm

def reload_meanwhile(config):
    os.kill(os.getpid(), signal.SIGHUP)
    sys.exit(7)

load.load_settings = reload_meanwhile
run(config=Path("coopwatch.yaml"), as_json=False, log=LogForm.AUTO)
"""


def test_a_reload_before_the_config_is_read_ends_nothing() -> None:
    """For its first second, SIGHUP killed the daemon."""
    assert subprocess.run([sys.executable, "-c", EARLY], check=False).returncode == 7
