"""`coopwatch setup --systemd` as a keeper types it in a booted machine; what it leaves behind, read and looked at."""

import shutil
import time

from proofs.findings import Findings
from proofs.machine import Machine

TOKEN = "7012345678:a-token-that-no-server-knows"
ANSWERS = (
    "Berlin", "Europe/Berlin",  # the first of a pair will not do, and is asked again
    "Nest Cam", "nestcam",
    "usb:0", "rtsp://127.0.0.1:9/none",
    "coop", "hush",
    "y", "yard", "simulated:?seed=7&speed=60",
    "n",
    "/nowhere", "/opt/coopwatch/models/tiny",
    TOKEN,
)  # fmt: skip
DYNAMIC_USERS = (61184, 65520)
PROGRAM = "/opt/coopwatch/bin/coopwatch"
CONFIG = "/etc/coopwatch/coopwatch.yaml"


def prove_setup(machine: Machine, found: Findings, data: str) -> None:
    """Answer the questions on a machine where nothing but the program is installed.

    Args:
        machine: booted.
        found: gets a row for each promise.
        data: where systemd keeps the service's folder.
    """
    remove_all(machine, data)
    began = time.monotonic()
    typed = "\\n".join(ANSWERS) + "\\n"
    said = machine.run(f"printf '{typed}' | {PROGRAM} setup --systemd 2>&1", check=False)
    took = time.monotonic() - began
    again = ("write Europe/Berlin", "a name of a-z", "expected rtsp://", "expected a model folder")
    missing = [word for word in again if word not in said]
    found.add(
        "`setup --systemd` asks again, with the reason, what will not do", seen=missing or "4 times", kept=not missing
    )
    runs = "The service runs" in said and machine.property("ActiveState") == "active"
    found.add("then it installs the unit, starts it, and READY comes", seen=f"{took:.1f} s", kept=runs)
    if not runs:
        print(said)  # noqa: T201 (why a promise was broken)
    enabled = machine.run("systemctl is-enabled coopwatch", check=False)
    found.add("it starts at boot too", seen=enabled, kept=enabled == "enabled")
    _look_at_files(machine, found, data)
    _look_at_service(machine, found, said)
    _look_with_doctor(machine, found)


def remove_all(machine: Machine, data: str) -> None:
    """Leave the program alone: no unit, no config, no data."""
    machine.run("systemctl disable --now coopwatch", check=False)
    for path in ("etc/coopwatch", "etc/systemd/system/coopwatch.service.d", data):
        shutil.rmtree(machine.root / path, ignore_errors=True)
    (machine.root / "etc/systemd/system/coopwatch.service").unlink(missing_ok=True)
    (machine.root / "var/lib/coopwatch").unlink(missing_ok=True)
    # Nothing of a proof goes beyond this machine.
    (machine.root / "etc/hosts").write_text("127.0.0.1 localhost api.telegram.org\n")
    machine.run("systemctl daemon-reload; systemctl reset-failed; journalctl --rotate --vacuum-time=1s", check=False)


def _look_at_files(machine: Machine, found: Findings, data: str) -> None:
    listed = machine.run("cd /etc/coopwatch && stat --format '%n %a %U' *").splitlines()
    wanted = ["coopwatch.yaml 644 root", "nestcam.password 600 root", "token 600 root"]
    found.add("root alone reads token and password", seen=", ".join(listed), kept=listed == wanted)
    unit = machine.run("systemctl cat coopwatch")
    credentials = [line for line in unit.splitlines() if line.startswith("LoadCredential=")]
    found.add("the unit hands both over", seen=len(credentials), kept=len(credentials) == 2)
    folder = machine.run(f"stat --format '%a' /{data}", check=False)
    found.add("the data folder is the service's alone", seen=folder, kept=folder == "700")


def _look_at_service(machine: Machine, found: Findings, said: str) -> None:
    pid = machine.property("MainPID")
    user = machine.run(f"stat --format %u /proc/{pid}", check=False)
    found.add("the service has a user of its own", seen=user, kept=int(user) in range(*DYNAMIC_USERS))
    status = machine.property("StatusText")
    told = "nestcam: no picture" in status and "refused" in status and "yard" not in status
    found.add("its status names the camera that gives no picture", seen=status, kept=told)
    shown = said + machine.run("ps axeww") + machine.journal() + machine.run(f"cat {CONFIG}")
    hidden = TOKEN not in shown and "hush" not in shown
    found.add(
        "token and password are in no answer, `ps`, journal or config", seen=f"{len(shown)} characters", kept=hidden
    )


def _look_with_doctor(machine: Machine, found: Findings) -> None:
    refused = machine.run(f"{PROGRAM} setup --systemd 2>&1; echo exit code $?", check=False)
    kept = "which exists" in refused and refused.endswith("exit code 2")
    found.add("a second setup changes nothing", seen=refused.splitlines()[-1], kept=kept)
    doctor = machine.run(f"cd /tmp && {PROGRAM} doctor --config {CONFIG} --json 2>&1; echo", check=False)
    wanted = ("config", "data folder", "room", "disk", "memory", "clock", "model", "bot", "connection refused")
    missing = [word for word in wanted if word not in doctor]
    found.add(
        "`doctor` looks at all of it", seen=missing or "8 findings, and the camera that refuses", kept=not missing
    )
