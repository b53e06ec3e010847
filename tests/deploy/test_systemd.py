import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).resolve().parents[2] / "systemd" / "coopwatch.service"
MAX_EXPOSURE = 2.0


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that exists on this machine in the place of the installed one."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    copy = tmp_path / UNIT.name
    text, count = re.subn(r"(?m)^ExecStart=\S+", f"ExecStart={shutil.which('true')}", UNIT.read_text())
    assert count == 1
    copy.write_text(text)
    return copy


def analyze(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, check=False)


def test_systemd_has_nothing_to_say_about_the_unit(unit: Path) -> None:
    told = analyze("verify", unit)
    assert (told.returncode, told.stderr) == (0, "")  # it ends with 0 for keys that it does not know, too


def test_the_check_above_would_notice_a_wrong_key(unit: Path) -> None:
    unit.write_text(unit.read_text().replace("ProtectClock=", "ProtectClocks="))
    assert "ProtectClocks" in analyze("verify", unit).stderr


def test_the_service_sees_little_of_the_machine(unit: Path) -> None:
    told = analyze("security", "--offline=yes", "--no-pager", f"--threshold={MAX_EXPOSURE * 10:.0f}", unit)
    assert told.returncode == 0, told.stdout
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", told.stdout)
    assert exposure is not None
    assert float(exposure[1]) <= MAX_EXPOSURE


@pytest.mark.parametrize(
    "line",
    [
        "Type=notify",
        "WatchdogSec=2min",
        "DynamicUser=yes",
        "StateDirectory=coopwatch",
        "LoadCredential=token:/etc/coopwatch/token",
        "RestartPreventExitStatus=2",
    ],
)
def test_the_service_keeps_its_promises(line: str) -> None:
    assert line in UNIT.read_text().splitlines()
