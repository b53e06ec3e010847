"""A config fit for another machine."""

from pathlib import Path

import pytest
from config.files import GOOD, write_config

from coopwatch.config.document import read_document
from coopwatch.config.load import load_settings
from coopwatch.config.portable import portable_config


def test_data_and_model_lie_beside_it_and_no_password_is_in_it(tmp_path: Path) -> None:
    text = GOOD.replace("rtsp://camera.local/stream2", "http://camera.local/snap.jpg?user=coop&password=hush")
    file = write_config(tmp_path, text)
    portable = portable_config(file, data_dir="data", model="models/demo")
    assert "hush" not in portable
    assert "user=coop" in portable
    moved = load_settings(write_config(tmp_path / "new", portable))
    assert moved.data_dir == tmp_path / "new" / "data"
    assert moved.model == tmp_path / "new" / "models" / "demo"
    assert moved.cameras[0].nests == load_settings(file).cameras[0].nests


@pytest.mark.parametrize("name", ["meine: hühner", "hens #2", "'quoted\"", "no", "models of mine"])
def test_a_model_may_be_called_as_one_likes(tmp_path: Path, name: str) -> None:
    """Its name stood bare in the restored config: no YAML any more, or cut off at the `#`."""
    portable = portable_config(write_config(tmp_path), data_dir="data", model=f"models/{name}")
    assert read_document(write_config(tmp_path / "new", portable)).value(("model",)) == f"models/{name}"
