"""A backup of the running service, restored on an emptied machine as the guide says, and compared."""

import re
import shutil
import sqlite3
import time
from pathlib import Path

from proofs.findings import Findings
from proofs.machine import Machine
from proofs.systemd_setup import CONFIG, PROGRAM, TOKEN, remove_all
from proofs.wheels import ROOT

GUIDE = ROOT / "docs/how-to/keep-it-running.md"
ARCHIVE = "/root/coop.zip"


def prove_restore(machine: Machine, found: Findings, data: str) -> None:
    """Back up what `prove_setup` left running, empty the machine, follow the guide, look whether all is there.

    Args:
        machine: booted, the service runs.
        found: gets a row for each promise.
        data: where systemd keeps the service's folder.
    """
    machine.run(f"rm -rf /root/coop {ARCHIVE}")
    said = machine.run(f"{PROGRAM} backup {ARCHIVE} --config {CONFIG} 2>&1", check=False)
    found.add("a backup is made while it runs", seen=said, kept="files" in said)
    before = _rows(machine.root / data)
    remove_all(machine, data)
    shutil.rmtree(machine.root / "opt/coopwatch/models")
    (machine.root / "root/token").write_text(f"{TOKEN}\n")
    began = time.monotonic()
    said = machine.run("exec 2>&1; set -ex\n" + "\n".join(_steps()), check=False)
    took, runs = time.monotonic() - began, machine.property("ActiveState") == "active"
    found.add("restored on an emptied machine by the guide, it runs", seen=f"{took:.1f} s", kept=runs)
    if not runs:
        print(said)  # noqa: T201 (why a promise was broken)
    after = _rows(machine.root / data)
    kept = bool(before["invitations"]) and all(after[name] >= rows for name, rows in before.items())
    counted = ", ".join(f"{len(rows)} {name}" for name, rows in before.items())
    found.add("and nothing of the database is missing", seen=counted, kept=kept)


def _steps() -> list[str]:
    """The guide's own commands; root needs no sudo, and the token is there already."""
    text = GUIDE.read_text()
    (steps,) = re.findall(r"((?:    sudo [^\n]*\n)*    sudo systemctl daemon-reload[^\n]*\n)", text)
    lines = [line.strip().removeprefix("sudo ").replace("sudo ", "") for line in steps.splitlines()]
    lines = [line.replace("/mnt/nas/coop.zip", ARCHIVE).replace("/dev/stdin", "/root/token") for line in lines]
    return [re.sub("^coopwatch ", f"{PROGRAM} ", line) for line in lines]


def _rows(folder: Path) -> dict[str, set[object]]:
    """What a keeper would miss."""
    connection = sqlite3.connect(f"file:{folder / 'coopwatch.db'}?mode=ro", uri=True)
    try:
        tables = {"invitations": "code_hash", "events": "id", "subscribers": "chat", "camera_memory": "camera"}
        return {
            name: {row[0] for row in connection.execute(f"SELECT {key} FROM {name}")} for name, key in tables.items()
        }
    finally:
        connection.close()
