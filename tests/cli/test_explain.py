import json
from pathlib import Path

import numpy as np
import pytest
from fakes.command_line import runner
from fakes.models import TINY_LABELS, TinyNetwork
from PIL import Image

from coopwatch.cli.explain import register
from coopwatch.errors import CoopwatchError, ModelError, PictureError, UserMustActError

run = runner(register)


@pytest.fixture
def model(tiny_network: TinyNetwork, tmp_path: Path) -> Path:
    return tiny_network.publish(tmp_path / "tiny").path


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (60, 90, 3), np.uint8)).save(tmp_path / "hen <1>.png")
    return tmp_path / "hen <1>.png"


def test_heat_maps_layers_and_an_index_of_them_are_written(model: Path, photo: Path, tmp_path: Path) -> None:
    result = run(model, photo, "--out", tmp_path / "why", "--json")
    assert result.exit_code == 0, result.exception
    told = json.loads(result.stdout)
    assert {reason["label"] for reason in told["reasons"]} == set(TINY_LABELS)
    probabilities = [reason["probability"] for reason in told["reasons"]]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1)
    page = Path(told["index"]).read_text()
    written = {path.name for path in (tmp_path / "why").iterdir()}
    assert all(f'src="{name}"' in page for name in written - {"index.html"})
    assert {"picture.png", "grad_cam-egg.png", "layer-01-conv2d.png"} <= written
    assert "hen &lt;1&gt;.png" in page


def test_a_label_can_be_asked_for(model: Path, photo: Path, tmp_path: Path) -> None:
    result = run(model, photo, "--out", tmp_path / "why", "--label", "egg")
    first, last = result.stdout.splitlines()
    assert first.startswith("egg: ")
    assert last.endswith("index.html")


@pytest.mark.parametrize(
    ("spoil", "error", "said"),
    [
        ("label", UserMustActError, "--label: received dodo, expected one of red_twin"),
        ("keras", ModelError, "train it again without --no-keras"),
        ("damaged keras", ModelError, "expected a Keras model"),
        ("picture", PictureError, "expected a whole picture"),
        ("no picture", UserMustActError, "no such file"),
        ("no model", ModelError, "expected a model folder"),
        ("out", UserMustActError, "--out: "),
    ],
)
def test_what_cannot_be_explained_is_named(
    tiny_network: TinyNetwork,
    photo: Path,
    tmp_path: Path,
    spoil: str,
    error: type[CoopwatchError],
    said: str,
) -> None:
    files = {"model.tflite": tiny_network.whole, "model.keras": tiny_network.keras}
    if spoil == "keras":
        del files["model.keras"]
    if spoil == "damaged keras":
        files["model.keras"] = b"damaged"
    model = tiny_network.publish(tmp_path / "tiny", files=files).path if spoil != "no model" else tmp_path / "nowhere"
    if spoil == "picture":
        photo.write_bytes(photo.read_bytes()[:300])
    if spoil == "no picture":
        photo.unlink()
    (tmp_path / "file").touch()
    out = tmp_path / ("file" if spoil == "out" else "why")
    result = run(model, photo, "--out", out, *(["--label", "dodo"] if spoil == "label" else []))
    assert isinstance(result.exception, error)
    assert said in str(result.exception)
    assert not (tmp_path / "why").exists()
