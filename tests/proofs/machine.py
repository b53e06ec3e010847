"""A Debian of its own, really booted with systemd-nspawn, in which a proof runs programs."""

import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGES = "ca-certificates,python3,python3-venv,python3-pip,systemd,systemd-sysv,dbus,procps"


def make_root(root: Path) -> None:
    """Unpack a small Debian; takes minutes the first time."""
    if not (root / "usr/bin/pgrep").exists():
        shutil.rmtree(root, ignore_errors=True)
        root.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}", "bookworm", root], check=True
        )


ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
"""Nothing of the host's."""


class Machine:
    """The booted machine."""

    def __init__(self, leader: int, root: Path) -> None:
        self._leader = leader
        self.root = root

    def run(self, command: str, *, check: bool = True) -> str:
        """What a command inside prints."""
        inside = ["nsenter", "--target", str(self._leader), "--all", "sh", "-c", command]
        done = subprocess.run(inside, capture_output=True, text=True, check=False, env=ENVIRONMENT)
        if check and done.returncode:
            raise RuntimeError(f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def property(self, name: str, unit: str = "coopwatch") -> str:
        """A property of a unit."""
        return self.run(f"systemctl show --property={name} --value {shlex.quote(unit)}")

    def journal(self) -> str:
        """All that the service wrote."""
        return self.run("journalctl --unit=coopwatch --no-pager --output=cat")


def until(holds: Callable[[], object], *, seconds: float, what: str) -> float:
    """Wait until something holds; how many seconds that took."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        time.sleep(0.2)
    return time.monotonic() - began


@contextmanager
def booted(root: Path) -> Iterator[Machine]:
    """Boot the root; switched off at the end."""
    nspawn = subprocess.Popen(
        ["systemd-nspawn", "-D", root, "--boot", "--register=no", "--keep-unit", "--console=pipe"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        children = Path(f"/proc/{nspawn.pid}/task/{nspawn.pid}/children")
        until(lambda: children.read_text().split(), seconds=20, what="systemd-nspawn starts")
        machine = Machine(int(children.read_text().split()[0]), root)
        state = ("running", "degraded")
        until(lambda: machine.run("systemctl is-system-running", check=False) in state, seconds=240, what="the boot")
        yield machine
    finally:
        nspawn.terminate()  # systemd-nspawn switches the machine off
        try:
            nspawn.wait(60)
        except subprocess.TimeoutExpired:
            nspawn.kill()
            nspawn.wait()
