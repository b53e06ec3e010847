"""What a proof installs: coopwatch as a wheel with everything it needs, a model of a few weights, a config."""

import subprocess
import sys
from pathlib import Path

from fakes.models import build_tiny_network

from coopwatch.workbench.quiet import quiet_natives

ROOT = Path(__file__).resolve().parents[2]

CONFIG = """\
timezone: Europe/Berlin
data_dir: /var/lib/coopwatch
model: {model}
cameras:
  - {{name: first, source: "simulated:?seed=1&speed=60", every_seconds: 60, nests: [{{name: one}}]}}
{more}chat:
{chat}"""
SECOND = '  - {name: second, source: "simulated:?seed=2&speed=60", every_seconds: 60, nests: [{name: two}]}\n'


def make_wheels(folder: Path, extra: str = "") -> Path:
    """Download and build all wheels of an installation, and what builds it, into a folder."""
    pip = [sys.executable, "-m", "pip", "-qq", "wheel", "--wheel-dir", folder]
    subprocess.run(
        [*pip, "--constraint", ROOT / "constraints.txt", f"{ROOT}{extra}", "setuptools>=77", "wheel"], check=True
    )
    return folder


def make_model(folder: Path) -> None:
    """A model whose answers mean nothing: the proof is about the service."""
    if not folder.exists():
        build = folder.with_name("build")
        build.mkdir(exist_ok=True, parents=True)
        with quiet_natives():
            build_tiny_network(build).publish(folder)
