from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.models import TinyNetwork
from fakes.subjects import DAY, answer, run

from coopwatch.errors import ModelError
from coopwatch.workbench.figures.evaluate import Evaluation
from coopwatch.workbench.figures.metrics import measure
from coopwatch.workbench.pictures.dataset import read_dataset
from coopwatch.workbench.report.origin import evaluation_subject, training_subject
from coopwatch.workbench.run_folder import run_folder, write_run

ANSWERS = (answer("egg", "egg"), answer("egg", "empty"))
EVALUATION = Evaluation(answers=ANSWERS, figures=measure(ANSWERS), unreadable=())


def test_a_training_is_told_from_its_record(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    model = tiny_network.publish(tmp_path / "nest")
    with pytest.raises(ModelError, match="expected the run of a training"):
        training_subject(model, DAY)
    write_run(run_folder(model), run(answers=ANSWERS), "1 dense\n")
    told = training_subject(model, DAY)
    assert (told.evaluation.figures.right.hits, told.evaluation.figures.right.count) == (1, 2)
    assert (told.layers, told.is_unseen, told.notes) == ("1 dense\n", True, ())
    assert told.tested_on == "the test part of photos"


def test_an_evaluation_on_pictures_that_were_learnt_from_says_so(
    tiny_network: TinyNetwork, tmp_path: Path, draw: Callable[..., Path]
) -> None:
    photos = read_dataset([draw()])
    model = tiny_network.publish(tmp_path / "nest")
    told = evaluation_subject(model, EVALUATION, photos, DAY)
    assert (told.run, told.layers, told.is_unseen) == (None, "", False)
    assert "not on record" in told.notes[0]
    write_run(run_folder(model), run(learnt=(photos.pictures[0].sha256, photos.pictures[5].sha256, "ab" * 32)), "")
    assert "2 of these 36 pictures were learnt from" in evaluation_subject(model, EVALUATION, photos, DAY).notes[0]
