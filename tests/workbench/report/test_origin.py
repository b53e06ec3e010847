from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.models import TinyNetwork, tiny_card
from fakes.subjects import DAY, answer, run

from coopwatch.errors import ModelError
from coopwatch.workbench.dataset import read_dataset
from coopwatch.workbench.evaluate import Evaluation
from coopwatch.workbench.metrics import measure
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


def test_an_evaluation_on_the_models_own_pictures_says_so(
    tiny_network: TinyNetwork, tmp_path: Path, draw: Callable[..., Path]
) -> None:
    photos = read_dataset([draw()])
    same = tiny_network.publish(tmp_path / "same", tiny_card().model_copy(update={"data": {"hash": photos.hash}}))
    other = tiny_network.publish(tmp_path / "other")
    assert "the very pictures" in evaluation_subject(same, EVALUATION, photos, DAY).notes[0]
    told = evaluation_subject(other, EVALUATION, photos, DAY)
    assert (told.notes, told.run, told.layers, told.is_unseen) == ((), None, "", False)
