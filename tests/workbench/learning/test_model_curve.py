from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.models import TinyNetwork

from coopwatch.errors import ModelError
from coopwatch.workbench.figures.learning_curve import LearningPoint
from coopwatch.workbench.learning.model_curve import curve_of_model, read_curve, write_curve
from coopwatch.workbench.pictures.dataset import read_dataset
from coopwatch.workbench.pictures.split import SplitRule
from coopwatch.workbench.progress import Silent

Draw = Callable[..., Path]
POINTS = (LearningPoint(photos=1, learnt_from=3, right=(3, 5), count=9),)


def test_the_curve_is_learnt_from_what_the_training_learnt_from(
    tiny_network: TinyNetwork, tmp_path: Path, draw: Draw
) -> None:
    files = {"backbone.tflite": tiny_network.backbone, "head.npz": tiny_network.head}
    model = tiny_network.publish(tmp_path / "nest", files=files)
    pictures = read_dataset([draw()]).pictures
    points = curve_of_model(model, pictures, SplitRule(), Silent())
    assert [point.photos for point in points] == [1, 2, 3, 5, 9]
    assert points[-1].learnt_from + points[-1].count == len(pictures) == 36
    assert points[-1].mean == 1.0


def test_what_was_kept_is_read_and_nothing_is_no_curve(tmp_path: Path) -> None:
    assert read_curve(tmp_path) == ()
    write_curve(tmp_path, POINTS)
    assert read_curve(tmp_path) == POINTS
    (tmp_path / "learning_curve.json").write_text("[")
    with pytest.raises(ModelError, match=r"learning_curve\.json: received .*expected points"):
        read_curve(tmp_path)
    with pytest.raises(ModelError, match="expected room for the learning curve"):
        write_curve(tmp_path / "missing", POINTS)
