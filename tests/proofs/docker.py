"""The Dockerfile really built and run: `make proof-docker`, as root, with buildah, podman and mmdebstrap installed.

No image is fetched: a small Debian with its own Python stands in for `python:3.11-slim`, and pip finds its packages in
a folder of wheels. With `--train`, the target that makes models is built too, which takes gigabytes.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from proofs.findings import Findings
from proofs.machine import until
from proofs.wheels import CONFIG, ROOT, SECOND, make_model, make_wheels

WORK = Path("/var/tmp/coopwatch-proof")
BASE = "docker.io/library/python:3.11-slim"
IMAGE = "localhost/coopwatch:proof"
NAME = "coopwatch-proof"
AIM_MB = 400
REAL_BASE_MB = 125  # python:3.11-slim unpacked; the one that stands in for it here is larger
CONTEXT = ("coopwatch", "systemd", "pyproject.toml", "constraints.txt", "README.md", "Dockerfile", ".dockerignore")
ENVIRONMENT = os.environ | {"STORAGE_DRIVER": "overlay"}
LIMITS = ("--ulimit", "nofile=1024:4096", "--ulimit", "nproc=1000:1000")
UNHEALTHY_WITHIN = 120  # seconds; the heart may be silent for 60


def call(*command: object, check: bool = True) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, env=ENVIRONMENT)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


def podman(*arguments: object, check: bool = True) -> str:
    return call("podman", "--cgroup-manager", "cgroupfs", "--runtime", "runc", *arguments, check=check)


def make_base() -> None:
    """The image that the Dockerfile begins with."""
    if call("podman", "images", "--quiet", BASE):
        return
    root = WORK / "base"
    if not root.exists():
        packages = "--include=ca-certificates,python3,python3-venv,python3-pip"
        call("mmdebstrap", "--quiet", "--variant=minbase", packages, "bookworm", root)
        (root / "usr/bin/python").symlink_to("python3")
    with subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE) as tar:
        subprocess.run(["podman", "import", "-", BASE], stdin=tar.stdout, check=True, env=ENVIRONMENT)


def build(target: str, wheels: Path, tag: str) -> float:
    """Build a target; how many seconds that took."""
    context = WORK / "context"
    shutil.rmtree(context, ignore_errors=True)
    context.mkdir(parents=True)
    for name in CONTEXT:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, context / name)
    shutil.copytree(WORK / "models/tiny", context / "models/demo")  # the proof is about the container
    began = time.monotonic()
    pip = WORK / "pip.conf"
    pip.write_text("[global]\nno-index = true\nfind-links = /wheels\n")
    call(
        "buildah", "bud", "--pull-never", "--isolation", "chroot", "--format", "docker", "--layers=false",
        "-v", f"{wheels}:/wheels:ro", "-v", f"{pip}:/etc/pip.conf:ro", "--target", target, "-t", tag, context,
    )  # fmt: skip
    return time.monotonic() - began


def megabytes(image: str) -> float:
    return int(json.loads(podman("inspect", "--type", "image", image))[0]["Size"]) / 1e6


def image(found: Findings, seconds: float) -> None:
    size, base = megabytes(IMAGE), megabytes(BASE)
    ours = size - base
    seen = f"{ours + REAL_BASE_MB:.0f} MB: {ours:.0f} of ours, {REAL_BASE_MB} of python:3.11-slim ({base:.0f} here)"
    found.add(f"the daemon's image is at most {AIM_MB} MB", seen=seen, kept=ours + REAL_BASE_MB <= AIM_MB)
    found.add("it builds", seen=f"{seconds:.0f} s", kept=True)
    tensorflow = inside("import importlib.util as i; print(i.find_spec('tensorflow'))")
    found.add("it holds no TensorFlow", seen=tensorflow, kept=tensorflow == "None")
    user = inside("import os; print(os.getuid(), os.getgid())")
    found.add("it runs as nobody", seen=user, kept=user == "10001 10001")
    font = "from coopwatch.vision.lettering import Lettering; print(Lettering(20)._fonts[0].getname())"
    drawn = inside(font, check=False)
    found.add("letters beyond ASCII can be drawn on pictures", seen=drawn, kept="DejaVu" in drawn)


def inside(code: str, *, check: bool = True) -> str:
    return podman("run", "--rm", *LIMITS, "--network", "host", "--entrypoint", "python", IMAGE, "-c", code, check=check)


def start(folder: Path) -> None:
    podman(
        "run", "--detach", "--name", NAME, *LIMITS, "--network", "host", "--init", "--read-only", "--tmpfs", "/tmp",
        "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--volume", f"{folder}/data:/var/lib/coopwatch",
        "--volume", f"{folder}/models:/opt/models:ro", "--volume", f"{folder}/coop:/etc/coopwatch:ro", IMAGE,
    )  # fmt: skip


def configure(folder: Path, more: str = "") -> None:
    """Save the config as editors do: a new file in the place of the old one."""
    fresh = folder / "coop/.new"
    fresh.write_text(CONFIG.format(model="/opt/models/tiny", more=more, chat="  terminal: true\n"))
    fresh.rename(folder / "coop/coopwatch.yaml")


def said() -> str:
    """All that the container wrote."""
    logs = ["podman", "--cgroup-manager", "cgroupfs", "--runtime", "runc", "logs", NAME]
    done = subprocess.run(logs, capture_output=True, text=True, check=False, env=ENVIRONMENT)
    return done.stdout + done.stderr


def is_healthy() -> bool:
    healthy = ["podman", "--cgroup-manager", "cgroupfs", "--runtime", "runc", "healthcheck", "run", NAME]
    return subprocess.run(healthy, capture_output=True, check=False, env=ENVIRONMENT).returncode == 0


def service(found: Findings) -> None:
    folder = WORK / "container"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(WORK / "models/tiny", folder / "models/tiny")
    (folder / "data").mkdir()
    os.chown(folder / "data", 10001, 10001)
    (folder / "coop").mkdir()
    configure(folder)
    start(folder)
    took = until(is_healthy, seconds=60, what="healthy")
    found.add("runs read-only with one volume, without capabilities, and is healthy", seen=f"{took:.1f} s", kept=True)
    configure(folder, SECOND)
    took = until(lambda: "camera second added" in said(), seconds=30, what="the new camera")
    found.add("a config saved outside is in force inside", seen=f"{took:.1f} s", kept=True)
    began = time.monotonic()
    podman("stop", "--time", "10", NAME)
    took, code = time.monotonic() - began, podman("inspect", "--format", "{{.State.ExitCode}}", NAME)
    found.add("SIGTERM stops it within 5 s", seen=f"{took:.1f} s, exit code {code}", kept=took < 5 and code == "0")
    podman("start", NAME)
    until(is_healthy, seconds=60, what="healthy again")
    model = next((folder / "models/tiny").rglob("*.tflite"))
    model.rename(folder / "away")
    podman("exec", NAME, "python", "-c", KILL_WORKER)
    took = until(lambda: not is_healthy(), seconds=UNHEALTHY_WITHIN, what="unhealthy")
    found.add("unhealthy when classification stops", seen=f"{took:.0f} s", kept=True)
    (folder / "away").rename(model)
    took = until(is_healthy, seconds=UNHEALTHY_WITHIN, what="healthy again")
    found.add("healthy again when it goes on", seen=f"{took:.0f} s", kept=True)


KILL_WORKER = """
import os, pathlib
for status in pathlib.Path('/proc').glob('[0-9]*/cmdline'):
    if 'coopwatch.inference.worker\\0' in status.read_text():  # not this program itself
        os.kill(int(status.parent.name), 9)
"""


def main() -> None:
    """Build, run, provoke, tell."""
    found = Findings()
    WORK.mkdir(exist_ok=True)
    wheels = make_wheels(WORK / "wheels")
    make_model(WORK / "models/tiny")
    make_base()
    try:
        seconds = build("daemon", wheels, IMAGE)
        image(found, seconds)
        service(found)
        if "--train" in sys.argv:
            seconds = build("train", make_wheels(WORK / "wheels-train", extra="[train]"), f"{IMAGE}-train")
            size = megabytes(f"{IMAGE}-train")
            found.add("the train target builds beside it", seen=f"{seconds:.0f} s, {size:.0f} MB", kept=True)
    except (RuntimeError, TimeoutError) as error:
        found.add("the proof came to its end", seen=error, kept=False)
        print(podman("logs", NAME, check=False))  # noqa: T201 (why a promise was broken)
    finally:
        podman("rm", "--force", "--time", "0", NAME, check=False)
    found.end()


if __name__ == "__main__":
    main()
