import json
from pathlib import Path

import pytest
from fakes.command_line import runner
from fakes.models import TinyNetwork, tiny_card
from fakes.photos import draw_photos
from fakes.subjects import DAY
from fakes.subjects import run as training

from coopwatch.cli.evaluate import register
from coopwatch.cli.serve import serve
from coopwatch.errors import DatasetError, ModelError
from coopwatch.vision.card import ModelFolder, file_hash
from coopwatch.vision.ensemble import join_models
from coopwatch.workbench.pictures.dataset import read_dataset
from coopwatch.workbench.run_folder import run_folder, write_run

run = runner(register)


def test_json_has_the_shape_that_scripts_rely_on(tmp_path: Path, tiny_model: ModelFolder) -> None:
    result = run(tiny_model.path, draw_photos(tmp_path / "photos"), "--json")
    assert result.exit_code == 0
    figures = json.loads(result.stdout)
    assert figures["count"] == 36
    assert 0 <= figures["accuracy"] <= 1
    assert figures["accuracy"] == pytest.approx(figures["right"] / 36, abs=1e-4)
    for label in ("egg", "empty", "red_twin"):
        assert set(figures["labels"][label]) == {"precision", "recall", "f1", "support"}
        assert figures["labels"][label]["support"] == 12


def test_people_read_counts_beside_the_percentage(tmp_path: Path, tiny_model: ModelFolder) -> None:
    result = run(tiny_model.path, draw_photos(tmp_path / "photos"))
    assert result.exit_code == 0
    first, second, *_ = result.stdout.splitlines()
    assert first.startswith("right: ")
    assert "of 36 pictures" in first
    assert second.startswith("calibration error: ")


def test_a_label_that_the_model_does_not_know_is_refused_or_left_out(tmp_path: Path, tiny_model: ModelFolder) -> None:
    photos = draw_photos(tmp_path / "photos")
    (photos / "egg").rename(photos / "psycho")
    refused = run(tiny_model.path, photos)
    assert isinstance(refused.exception, DatasetError)
    assert "psycho (12 pictures)" in str(refused.exception)
    assert run(tiny_model.path, photos, "--exclude", "psycho").exit_code == 0
    assert run(tiny_model.path, photos, "--merge", "psycho=egg").exit_code == 0


def test_photos_of_one_hen_alone_can_be_measured(tmp_path: Path, tiny_model: ModelFolder) -> None:
    result = run(tiny_model.path, draw_photos(tmp_path / "photos", labels=("red_twin",)), "--json")
    assert json.loads(result.stdout)["labels"]["red_twin"]["support"] == 12


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    result = run(tmp_path, draw_photos(tmp_path / "photos"))
    assert isinstance(result.exception, ModelError)


def test_pictures_that_were_learnt_from_are_counted_in_a_warning(tmp_path: Path, tiny_network: TinyNetwork) -> None:
    # All 36 pictures of a data set were once told as "right: 36 of 36" by the model that had learnt 27 of them.
    photos = draw_photos(tmp_path / "photos")
    model = tiny_network.publish(tmp_path / "nest")
    write_run(run_folder(model), training(learnt=tuple(map(file_hash, (photos / "egg").iterdir()))), "")
    result = run(model.path, photos, "--json")
    assert "warning: 12 of these 36 pictures were learnt from" in result.stderr
    assert len(json.loads(result.stdout)["warnings"]) == 1


def test_where_it_is_not_on_record_what_was_learnt_from_that_is_said(tmp_path: Path, tiny_network: TinyNetwork) -> None:
    photos = draw_photos(tmp_path / "photos")
    stranger = tiny_network.publish(tmp_path / "stranger")
    assert "warning: which pictures the model learnt from is not on record" in run(stranger.path, photos).stderr
    card = tiny_card().model_copy(update={"data": {"hash": read_dataset([photos]).hash}})
    older = tiny_network.publish(tmp_path / "older", card)
    assert "warning: the model was made from this very data set" in run(older.path, photos).stderr


def test_what_the_members_of_an_ensemble_learnt_from_is_known_where_they_lie_beside_it(
    tmp_path: Path, tiny_network: TinyNetwork
) -> None:
    photos = draw_photos(tmp_path / "photos")
    cards = [tiny_card().model_copy(update={"name": name}) for name in ("one", "two")]
    members = [tiny_network.publish(tmp_path / card.name, card) for card in cards]
    ensemble = join_models(members, tmp_path / "both", DAY, serve=serve)
    assert "not on record" in run(ensemble.path, photos).stderr
    for member, label in zip(members, ("egg", "empty"), strict=True):
        write_run(run_folder(member), training(learnt=tuple(map(file_hash, (photos / label).iterdir()))), "")
    assert "warning: 24 of these 36 pictures were learnt from" in run(ensemble.path, photos).stderr


def test_a_report_is_written_where_it_is_asked_for_and_the_json_stays_json(
    tmp_path: Path, tiny_model: ModelFolder
) -> None:
    result = run(tiny_model.path, draw_photos(tmp_path / "photos"), "--json", "--report", tmp_path / "report")
    assert json.loads(result.stdout)["count"] == 36
    assert f"report: {tmp_path / 'report' / 'report.html'}" in result.stderr
    told = json.loads((tmp_path / "report" / "report.json").read_text())
    assert (told["count"], told["unseen"]) == (36, False)
