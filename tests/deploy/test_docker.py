import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "Dockerfile"


def stages() -> dict[str, list[str]]:
    """Name of a stage -> its instructions, its own and those of the stages it stands on."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in DOCKERFILE.read_text().replace("\\\n", " ").splitlines():
        if line.startswith("FROM "):
            _, image, _, name = line.split()
            found[name] = list(found.get(image, []))
        if line and not line.startswith("#"):
            found[name].append(" ".join(line.split()))
    return found


def test_hadolint_has_nothing_to_say() -> None:
    program = shutil.which("hadolint", path=Path(sys.executable).parent) or shutil.which("hadolint")
    if program is None:
        pytest.skip("hadolint is not installed")
    told = subprocess.run([program, DOCKERFILE], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (0, "")


def test_the_default_image_is_the_daemon() -> None:
    assert list(stages())[-1] == "daemon"


def test_the_daemons_image_has_no_tensorflow_and_the_other_has() -> None:
    assert not any("[train]" in instruction or "build-train" in instruction for instruction in stages()["daemon"])
    assert any("--from=build-train" in instruction for instruction in stages()["train"])
    assert any("[train]" in instruction for instruction in stages()["build-train"])


def test_the_daemon_runs_as_nobody_and_says_how_it_does() -> None:
    daemon = stages()["daemon"]
    assert [instruction for instruction in daemon if instruction.startswith("USER")] == ["USER 10001:10001"]
    assert any("HEALTHCHECK" in instruction and '"coopwatch", "health"' in instruction for instruction in daemon)


def test_what_is_copied_is_not_ignored() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        source
        for instructions in stages().values()
        for instruction in instructions
        if instruction.startswith("COPY ") and "--from" not in instruction
        for source in instruction.split()[1:-1]
    }
    assert copied == kept


def test_compose_runs_the_daemon_with_one_place_to_write() -> None:
    service = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["coopwatch"]
    assert service["build"]["target"] in stages()
    assert service["read_only"]
    assert [volume for volume in service["volumes"] if not volume.endswith(":ro")] == ["data:/var/lib/coopwatch"]


def test_compose_is_what_docker_reads() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker compose is not installed")
    told = subprocess.run(
        [docker, "compose", "-f", ROOT / "compose.yaml", "config", "--quiet"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stderr) == (0, "")
