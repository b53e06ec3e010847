import json
from pathlib import Path

import pytest
from cli.test_check_config import run
from config.files import GOOD, changed, write_config
from peers.rtsp import free_port
from PIL import Image

SIMULATED = changed("rtsp://camera.local/stream2", '"simulated:?seed=7&start=2026-05-01T10:00:00Z"')
Out = pytest.CaptureFixture[str]


def test_a_camera_is_timed_and_its_picture_saved_with_the_nests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    file = write_config(tmp_path, SIMULATED)
    assert run(monkeypatch, "doctor", "--config", file, "--camera", "nestcam", "--out", tmp_path / "seen") == 0
    out, _ = capsys.readouterr()
    assert "nestcam: first picture after" in out
    assert "640 x 320 pixels, colour" in out
    with Image.open(tmp_path / "seen" / "nestcam.jpg") as picture:
        assert picture.size == (640, 320)


def test_a_picture_that_cannot_be_saved_keeps_no_finding_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    (tmp_path / "seen").write_text("in the way")
    file = write_config(tmp_path, SIMULATED)
    assert run(monkeypatch, "doctor", "--config", file, "--out", tmp_path / "seen") == 2
    out, err = capsys.readouterr()
    assert "nestcam: first picture after" in out
    assert "look at" not in out
    assert "memory: " in out
    assert "name another with `--out`" in err


def test_the_result_is_there_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out) -> None:
    file = write_config(tmp_path, SIMULATED)
    assert run(monkeypatch, "doctor", "--config", file, "--camera", "nestcam", "--out", tmp_path, "--json") == 0
    (found,) = json.loads(capsys.readouterr().out)["cameras"]
    assert (found["camera"], found["width"], found["height"], found["trouble"]) == ("nestcam", 640, 320, "")
    assert found["advice"] == []


def test_a_camera_that_is_away_does_not_hide_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    away = f"""\
  - name: away
    source: rtsp://coop@127.0.0.1:{free_port()}/stream
    nests: [{{name: attic}}]
  - name: nestcam
"""
    file = write_config(tmp_path, SIMULATED.replace("  - name: nestcam\n", away))
    assert run(monkeypatch, "doctor", "--config", file, "--out", tmp_path) == 1
    out, err = capsys.readouterr()
    assert "away: no picture: rtsp://127.0.0.1" in out
    assert "connection refused" in out
    assert "nestcam: first picture after" in out
    assert err == "No picture from away.\n"


def test_a_part_that_does_not_work_is_named_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    file = write_config(tmp_path, SIMULATED)  # its model holds no network
    assert run(monkeypatch, "doctor", "--config", file, "--out", tmp_path) == 1
    out, err = capsys.readouterr()
    assert "\nmodel: " in out
    assert "; export or train the model anew\n" in out
    assert err == "Not well: model.\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SIMULATED.replace("left: 0.0, top: 0.0, right: 0.48", "left: 0.0, top: 0.0, right: 0.1"), "nest left is only"),
        (changed("rtsp://camera.local/stream2", "/dev/video7"), "/dev/video7 may be another camera after a restart"),
    ],
)
def test_what_to_change_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out, text: str, words: str
) -> None:
    run(monkeypatch, "doctor", "--config", write_config(tmp_path, text), "--out", tmp_path)
    assert words in capsys.readouterr().out


@pytest.mark.parametrize("command", [["doctor", "--camera", "yard"], ["nests", "yard"]])
def test_a_camera_that_is_not_in_the_config_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out, command: list[str]
) -> None:
    assert run(monkeypatch, *command, "--config", write_config(tmp_path, GOOD)) == 2
    assert "camera: received yard, expected one of nestcam" in capsys.readouterr().err
