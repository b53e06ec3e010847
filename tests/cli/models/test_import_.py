import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from fakes.command_line import runner
from PIL import Image

from coopwatch.cli.models import register
from coopwatch.cli.predict import register as register_predict
from coopwatch.errors import DatasetError, ModelError, UserMustActError
from coopwatch.vision.card import load_model_folder

LABELS = ("red_twin", "beauty", "egg", "rat")


run = runner(register, register_predict)


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    file = tmp_path / "labels.txt"
    file.write_text("\ufeff" + "\r\n".join(LABELS) + "\r\n\r\n", encoding="utf-8")  # as a Windows editor writes it
    return file


def import_pair(pairs: Path, name: str, labels: Path, out: Path, *more: str | Path) -> Result:
    return run(
        "models", "import", pairs / f"{name}.json", pairs / f"{name}.h5", "--labels", labels, "--out", out, *more
    )


def write_pictures(pairs: Path, folder: Path) -> list[Path]:
    """The pictures that the network was asked about, as files in a folder of the label that it gave."""
    files = []
    given = np.load(pairs / "neurocoop.npy").argmax(axis=1)
    for number, (pixels, label) in enumerate(zip(np.load(pairs / "pictures.npy"), given, strict=True)):
        file = folder / LABELS[label] / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels.astype(np.uint8)).save(file)
        files.append(file)
    return files


def test_an_imported_model_is_asked_like_any_other_and_answers_as_it_did(
    pairs: Path, labels: Path, tmp_path: Path
) -> None:
    files = write_pictures(pairs, tmp_path / "pictures")
    out = tmp_path / "models" / "article"
    result = import_pair(
        pairs, "neurocoop", labels, out, "--pictures", tmp_path / "pictures", "--roles", "beauty=other"
    )
    assert result.exit_code == 0, result.exception
    card = load_model_folder(out).card
    assert list(card.roles.items()) == [("red_twin", "hen"), ("beauty", "other"), ("egg", "egg"), ("rat", "other")]
    assert (card.input.offset, card.input.scale, card.input.height, card.input.width) == (0, 1, 36, 48)
    assert card.metrics["count"] == len(files)
    answers = json.loads(run("predict", *files, "--model", out, "--json").stdout)
    asked = np.array([[answer["probabilities"][label] for label in LABELS] for answer in answers])
    np.testing.assert_allclose(asked, np.load(pairs / "neurocoop.npy"), atol=0.05)  # 8-bit weights


def test_without_pictures_the_export_is_checked_on_drawn_ones(pairs: Path, labels: Path, tmp_path: Path) -> None:
    result = import_pair(pairs, "functional", labels, tmp_path / "nest", "--json")
    assert json.loads(result.stdout)["metrics"]["parity"]["on"] == "drawn patches"
    assert "60 of 60 drawn patches as the trained network does" in result.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("red_twin\n", "received 1 labels"),
        ("a\nb\na\nc\n", "the label 'a' twice"),
        ("a\n\nb\nc\n", "''"),
        ("red twin\nb\nc\nd\n", "'red twin'"),
        ("egg_1\negg_2\nb\nc\n", "2 labels of eggs"),
        ("a\nb\nc\n", "received 3 labels"),
        (b"\xff\xfe\x00", "no text"),
        (None, "No such file"),
    ],
)
def test_a_wrong_file_of_labels_is_named_and_nothing_is_left(
    pairs: Path, tmp_path: Path, text: str | bytes | None, said: str
) -> None:
    file = tmp_path / "labels.txt"
    if text is not None:
        file.write_bytes(text.encode() if isinstance(text, str) else text)
    result = import_pair(pairs, "dropout", file, tmp_path / "nest")
    assert isinstance(result.exception, UserMustActError)
    assert said in str(result.exception)
    assert not (tmp_path / "nest").exists()


def test_what_does_not_fit_is_refused_and_nothing_is_left(pairs: Path, labels: Path, tmp_path: Path) -> None:
    out = tmp_path / "nest"
    swapped = run("models", "import", pairs / "dropout.h5", pairs / "dropout.json", "--labels", labels, "--out", out)
    assert isinstance(swapped.exception, ModelError)
    write_pictures(pairs, tmp_path / "pictures")
    (tmp_path / "pictures" / "red_twin").rename(tmp_path / "pictures" / "stranger")
    strange = import_pair(pairs, "dropout", labels, out, "--pictures", tmp_path / "pictures")
    assert isinstance(strange.exception, DatasetError)
    (tmp_path / "file").touch()
    unwritable = import_pair(pairs, "dropout", labels, tmp_path / "file" / "nest")
    assert isinstance(unwritable.exception, ModelError)
    assert not out.exists()


def test_a_network_without_a_softmax_is_refused(pairs: Path, labels: Path, tmp_path: Path) -> None:
    described = json.loads((pairs / "dropout.json").read_text())
    described["config"]["layers"][-1]["config"]["activation"] = "linear"
    (tmp_path / "model.json").write_text(json.dumps(described))
    result = run(
        "models",
        "import",
        tmp_path / "model.json",
        pairs / "dropout.h5",
        "--labels",
        labels,
        "--out",
        tmp_path / "nest",
    )
    assert isinstance(result.exception, ModelError)
    assert "expected probabilities that sum to 1" in str(result.exception)
    assert not (tmp_path / "nest").exists()
