from pathlib import Path

import numpy as np
import pytest
from cli.test_check_config import run
from cli.test_doctor import SIMULATED, Out
from config.files import changed, write_config
from peers.rtsp import free_port
from PIL import Image


def test_the_nests_are_drawn_on_the_picture_and_named_as_the_config_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    file = write_config(tmp_path, SIMULATED)
    assert run(monkeypatch, "nests", "nestcam", "--config", file, "--out", tmp_path / "map.jpg") == 0
    assert "{name: left, region: {left: 0, top: 0, right: 0.48, bottom: 1}}" in capsys.readouterr().out
    with Image.open(tmp_path / "map.jpg") as picture:
        pixels = np.asarray(picture).astype(int)
    frame = pixels[100:200, 303:306].mean()  # the light line at the right edge of the left nest
    assert frame > pixels[100:200, 280:290].mean() + 60


def test_a_camera_without_a_picture_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out) -> None:
    file = write_config(tmp_path, changed("rtsp://camera.local/stream2", f"rtsp://127.0.0.1:{free_port()}/x"))
    assert run(monkeypatch, "nests", "nestcam", "--config", file) == 1
    assert "No picture from nestcam: rtsp://127.0.0.1" in capsys.readouterr().err
