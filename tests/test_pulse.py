"""What systemd and the health check are told."""

import socket
from pathlib import Path

import pytest

from coopwatch.pulse import HEARTBEAT_FILE, Pulse


def test_the_first_beat_is_ready_and_the_last_word_is_stopping(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(5)
        pulse = Pulse(tmp_path, environment={"NOTIFY_SOCKET": str(tmp_path / "notify")})
        pulse.beat("all is well")
        pulse.beat("still well")
        pulse.miss("no camera")
        pulse.stop()
        told = [systemd.recv(1000).decode() for _ in range(4)]
    assert told == [
        "READY=1\nWATCHDOG=1\nSTATUS=all is well",
        "WATCHDOG=1\nSTATUS=still well",
        "STATUS=no camera",  # and no WATCHDOG=1
        "STOPPING=1",
    ]


def test_without_systemd_the_file_beats_alone(tmp_path: Path) -> None:
    Pulse(tmp_path, environment={}).beat("all is well")
    assert (tmp_path / HEARTBEAT_FILE).exists()


def test_neither_the_end_nor_the_next_start_passes_for_a_heartbeat(tmp_path: Path) -> None:
    pulse = Pulse(tmp_path, environment={})
    pulse.beat("all is well")
    pulse.stop()
    assert not (tmp_path / HEARTBEAT_FILE).exists()
    (tmp_path / HEARTBEAT_FILE).touch()  # of a run that was killed
    Pulse(tmp_path, environment={})
    assert not (tmp_path / HEARTBEAT_FILE).exists()


def test_a_service_manager_that_does_not_listen_ends_nothing(tmp_path: Path) -> None:
    pulse = Pulse(tmp_path, environment={"NOTIFY_SOCKET": str(tmp_path / "nobody")})
    pulse.beat("all is well")
    pulse.miss("no camera")
    pulse.stop()
    assert not (tmp_path / HEARTBEAT_FILE).exists()


def test_a_file_that_cannot_be_removed_keeps_the_daemon_neither_from_its_start_nor_from_its_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """On a memory card that was read-only by then, the end was a traceback."""
    (tmp_path / HEARTBEAT_FILE).mkdir()
    Pulse(tmp_path, environment={}).stop()
    assert caplog.text.count("cannot be removed") == 2
