"""The unit on a really booted systemd: `make proof-systemd`, as root, with mmdebstrap and systemd-nspawn installed.

Each promise of systemd/coopwatch.service is provoked and seen, not read off the file.
"""

import asyncio
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

from peers.bot_api import BotApi, bot_api
from proofs.findings import Findings
from proofs.machine import Machine, booted, make_root, until
from proofs.systemd_restore import prove_restore
from proofs.systemd_setup import prove_setup
from proofs.wheels import CONFIG, ROOT, SECOND, make_model, make_wheels

WORK = Path("/var/tmp/coopwatch-proof")
WATCHDOG = 20  # seconds; two minutes in the unit, which a proof does not wait for
DATA = "var/lib/private/coopwatch"  # where systemd keeps the folder of a user that comes and goes


def install(root: Path, api: BotApi) -> None:
    """By hand, as `setup`, which comes last, does it: a virtual environment, the unit, the config, the token."""
    for left in ("opt/coopwatch", "etc/coopwatch", DATA):  # by the proof before
        shutil.rmtree(root / left, ignore_errors=True)
    (root / "etc/systemd/system/multi-user.target.wants/coopwatch.service").unlink(missing_ok=True)
    wheels = make_wheels(root / "var/tmp/wheels")
    make_model(WORK / "models/tiny")
    install = f"pip install -qq --no-index --find-links /{wheels.relative_to(root)} coopwatch"
    subprocess.run(
        ["chroot", root, "sh", "-ec", f"python3 -m venv /opt/coopwatch && /opt/coopwatch/bin/{install}"], check=True
    )
    shutil.copytree(WORK / "models/tiny", root / "opt/coopwatch/models/tiny")
    shutil.copy(ROOT / "systemd/coopwatch.service", root / "etc/systemd/system/coopwatch.service")
    drop_in = root / "etc/systemd/system/coopwatch.service.d/proof.conf"
    drop_in.parent.mkdir(exist_ok=True)
    drop_in.write_text(f"[Service]\nWatchdogSec={WATCHDOG}\n")
    (root / "etc/coopwatch").mkdir(exist_ok=True)
    configure(root, api)
    token = root / "etc/coopwatch/token"
    token.write_text(api.token)
    token.chmod(0o600)


def configure(root: Path, api: BotApi, more: str = "") -> None:
    """Write the config."""
    chat = f'  telegram: {{api_url: "{api.url}"}}\n'
    model = "/opt/coopwatch/models/tiny"
    (root / "etc/coopwatch/coopwatch.yaml").write_text(CONFIG.format(model=model, more=more, chat=chat))


def start(machine: Machine, api: BotApi, found: Findings) -> None:
    began = time.monotonic()
    machine.run("systemctl daemon-reload && systemctl start coopwatch")
    ready = time.monotonic() - began
    found.add("`systemctl start` returns when READY=1 was said", seen=f"{ready:.1f} s", kept=ready < 30)
    photos = remembered(machine)
    found.add("READY comes after the first frame was handled", seen=f"seen_at {photos}", kept=photos is not None)
    status = machine.property("StatusText")
    found.add("the status line is worth reading", seen=status, kept="first" in status)
    let_in = [call.method for call in api.journal if call.status == 200]
    found.add("LoadCredential hands over the token: the bot is let in", seen=", ".join(let_in), kept=bool(let_in))
    invite = "/opt/coopwatch/bin/coopwatch subscribers invite --config /etc/coopwatch/coopwatch.yaml"
    said = machine.run(f"{invite} 2>&1", check=False)
    found.add(
        "root's own command finds the token: a chat is invited", seen=f"{said[:9]}...", kept="lets one chat in" in said
    )


def isolation(machine: Machine, api: BotApi, found: Findings) -> None:
    told = machine.run("systemd-analyze security --no-pager coopwatch")
    match = re.search(r"Overall exposure level for \S+: ([\d.]+)", told)
    found.add("exposure at most 2.0", seen=match and match[1], kept=match is not None and float(match[1]) <= 2.0)
    pid = machine.property("MainPID")
    inside = f"nsenter --target {pid} --mount --user --preserve-credentials"
    refused = machine.run(f"{inside} sh -c 'touch /etc/x; touch /opt/coopwatch/x; touch /home/x' 2>&1", check=False)
    kept = refused.count("Read-only file system") + refused.count("Permission denied") == 3
    found.add("nothing outside of StateDirectory can be written", seen=" / ".join(refused.splitlines()), kept=kept)
    wrote = machine.run("find / -xdev -newer /etc/coopwatch/token -type f -not -path '/proc/*' -not -path '/var/log/*'")
    outside = [path for path in wrote.splitlines() if not path.startswith((f"/{DATA}", "/var/lib/systemd", "/etc/"))]
    found.add("and nothing was", seen=outside or "no file", kept=not outside)
    shown = machine.run("ps axeww") + machine.journal()
    found.add("the token is in no `ps` and in no journal", seen=f"{len(shown)} characters", kept=api.token not in shown)


def reload(machine: Machine, api: BotApi, found: Findings) -> None:
    pid, polls = machine.property("MainPID"), machine.property("NRestarts")
    configure(machine.root, api, SECOND)
    machine.run("systemctl reload coopwatch")
    took = until(lambda: "second" in machine.property("StatusText"), seconds=30, what="the new camera")
    same = (machine.property("MainPID"), machine.property("NRestarts")) == (pid, polls)
    found.add("`systemctl reload` takes a new camera, the process stays", seen=f"{took:.1f} s", kept=same)
    (machine.root / "etc/coopwatch/coopwatch.yaml").write_text("timezone: Mars/Olympus\n")
    took = until(lambda: "the one before stays in force" in machine.journal(), seconds=30, what="the word")
    kept = machine.property("MainPID") == pid and machine.property("ActiveState") == "active"
    found.add("a bad file keeps the old one running, and the journal tells why", seen=f"{took:.1f} s", kept=kept)
    configure(machine.root, api, SECOND)
    machine.run("systemctl reload coopwatch")


def hang(machine: Machine, found: Findings) -> None:
    pid = machine.property("MainPID")
    worker = worker_pid(machine, pid)
    machine.run(f"kill -STOP {worker}")
    took = until(lambda: worker_pid(machine, pid) not in ("", worker), seconds=60, what="another worker")
    same = machine.property("MainPID") == pid
    found.add("a hanging worker is replaced without a restart", seen=f"{took:.1f} s", kept=same)

    model = "/opt/coopwatch/models/tiny"
    machine.run(f"mv {model} {model}.away && kill -KILL {worker_pid(machine, pid)}")
    took = until(lambda: machine.property("NRestarts") == "1", seconds=WATCHDOG + 40, what="the watchdog")
    result = "watchdog" if "Watchdog timeout" in machine.run("journalctl -u coopwatch --no-pager") else "another"
    machine.run(f"mv {model}.away {model}")
    found.add(
        f"classification stops (no worker can be started): the watchdog of {WATCHDOG} s fires",
        seen=f"{took:.1f} s", kept=result == "watchdog",
    )  # fmt: skip
    back = until(lambda: machine.property("ActiveState") == "active", seconds=90, what="the next start")
    found.add("and the service is back when the model is", seen=f"{back:.1f} s", kept=True)

    before = machine.property("NRestarts")
    machine.run(f"kill -STOP {machine.property('MainPID')}")
    took = until(lambda: machine.property("NRestarts") > before, seconds=WATCHDOG + 60, what="the watchdog")
    found.add(
        "the daemon hangs (SIGSTOP): the watchdog fires, the service starts anew", seen=f"{took:.1f} s", kept=True
    )
    until(lambda: machine.property("ActiveState") == "active", seconds=90, what="the next start")


def memory(machine: Machine, found: Findings) -> None:
    before = remembered(machine)
    began = time.monotonic()
    machine.run("systemctl stop coopwatch")
    took = time.monotonic() - began
    result = machine.property("Result")
    found.add("stops within 5 s", seen=f"{took:.1f} s, {result}", kept=took < 5 and result == "success")
    machine.run("systemctl start coopwatch")
    after = remembered(machine)
    kept = before is not None and after is not None and after >= before
    found.add("a restart goes on from what was remembered", seen=f"{before} -> {after}", kept=kept)


def worker_pid(machine: Machine, main: str) -> str:
    return machine.run(f"pgrep --parent {main} --full 'coopwatch[.]inference[.]worker' | head -1", check=False)


def remembered(machine: Machine) -> str | None:
    """When the first camera was last seen, as the database has it."""
    connection = sqlite3.connect(f"file:{machine.root / DATA / 'coopwatch.db'}?mode=ro", uri=True)
    try:
        row = connection.execute(
            "SELECT json_extract(memory, '$.seen_at') FROM camera_memory WHERE camera = 'first'"
        ).fetchone()
    finally:
        connection.close()
    return row and row[0]


async def main() -> None:
    """Boot, try each promise, tell."""
    found = Findings()
    async with bot_api() as api:
        await asyncio.to_thread(prove, WORK / "root", api, found)
    found.end()


def prove(root: Path, api: BotApi, found: Findings) -> None:
    make_root(root)
    install(root, api)
    with booted(root) as machine:
        try:
            start(machine, api, found)
            isolation(machine, api, found)
            reload(machine, api, found)
            hang(machine, found)
            memory(machine, found)
            prove_setup(machine, found, DATA)
            prove_restore(machine, found, DATA)
        except (RuntimeError, TimeoutError) as error:
            found.add("the proof came to its end", seen=error, kept=False)
        if any(not kept for kept, *_ in found.rows):
            print(machine.journal())  # noqa: T201 (why a promise was broken)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    asyncio.run(main())
