import os
from pathlib import Path

import pytest
from cli.test_check_config import run
from config.files import changed, write_config

from coopwatch.clock import SystemClock
from coopwatch.pulse import HEARTBEAT_FILE


@pytest.mark.parametrize(
    ("age", "every", "arguments", "code", "words"),
    [
        (0, 5, [], 0, "coopwatch is at work"),
        (40, 5, [], 0, "its heart beat 4"),  # a slow machine looks some seconds later
        (-60, 5, [], 0, "coopwatch is at work"),  # the machine's clock was set back
        (70, 5, [], 1, " s ago, and 60 s are allowed"),
        (70, 30, [], 1, "60 s are allowed"),  # it beats by its own timer, however slow a camera is asked
        (70, 5, ["--max-age-seconds", "600"], 0, "coopwatch is at work"),
        (-7200, 5, [], 1, "which is still to come"),  # it died before the clock was set back, and seemed well for hours
        (None, 5, [], 1, "its heart did not beat yet"),
    ],
)
def test_the_daemon_is_well_while_its_heart_beats(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    age: float | None,
    every: int,
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    file = write_config(tmp_path, changed("    nests:", f"    every_seconds: {every}\n    nests:"))
    if age is not None:
        (tmp_path / "data").mkdir()
        heartbeat = tmp_path / "data" / HEARTBEAT_FILE
        heartbeat.touch()
        beat_at = SystemClock().now().timestamp() - age
        os.utime(heartbeat, (beat_at, beat_at))
    assert run(monkeypatch, "health", "--config", file, *arguments) == code
    out, err = capsys.readouterr()
    assert words in out + err
