"""What the doctor finds of the machine."""

import errno
from datetime import UTC, datetime
from pathlib import Path

import pytest
from config.files import GOOD, write_config

from coopwatch.config.load import load_settings
from coopwatch.doctor.finding import Grade
from coopwatch.doctor.machine import check_clock, check_folder, check_machine

NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)


def test_every_check_has_a_word_and_what_is_not_well_a_remedy(tmp_path: Path) -> None:
    findings = [*check_machine(load_settings(write_config(tmp_path)), NOW)]
    assert [finding.check for finding in findings] == ["data folder", "room", "disk", "memory", "clock"]
    assert all(finding.seen and (finding.grade is Grade.WELL) == (not finding.remedy) for finding in findings)


def test_a_disk_without_the_reserve_wants_care(tmp_path: Path) -> None:
    settings = load_settings(write_config(tmp_path, GOOD + "keep: {reserve_gb: 900000.0}\n"))
    (room,) = [finding for finding in check_machine(settings, NOW) if finding.check == "room"]
    assert room.grade is Grade.CARE


def test_a_disk_that_takes_nothing_is_ill_and_hides_no_other_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a full disk, the doctor gave a traceback: just when one calls him."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    findings = {finding.check: finding for finding in check_machine(load_settings(write_config(tmp_path)), NOW)}
    assert findings["disk"].grade is Grade.ILL
    assert "No space left" in findings["disk"].seen
    assert "clock" in findings


def test_the_next_change_of_the_clocks_is_told(tmp_path: Path) -> None:
    assert "clocks change by 2026-10-2" in check_clock(load_settings(write_config(tmp_path)), NOW).seen


def test_a_folder_that_does_not_exist_yet_is_well_where_it_can_be_made(tmp_path: Path) -> None:
    assert check_folder(tmp_path / "new" / "data").grade is Grade.WELL
