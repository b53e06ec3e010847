from pathlib import Path

import pytest
from fakes.models import tiny_card

from coopwatch.errors import ModelError
from coopwatch.vision.card import load_model_folder
from coopwatch.vision.publish import activate, publish_model, roll_back
from coopwatch.vision.versions import list_versions


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model of three versions, the newest of them in use."""
    for version in ("1", "2", "3"):
        publish_model(tmp_path / "nest", tiny_card(version), {"model.tflite": version.encode()})
    return tmp_path / "nest"


def active(model: Path) -> str:
    return load_model_folder(model).card.version


def test_going_back_gives_what_was_in_use_before_and_then_what_was_before_that(model: Path) -> None:
    activate(model, "1")
    assert [roll_back(model), roll_back(model)] == ["3", "2"]
    assert active(model) == "2"
    with pytest.raises(ModelError, match="without an earlier active version"):
        roll_back(model)
    assert active(model) == "2"


def test_going_back_passes_over_versions_that_are_gone_or_damaged(model: Path) -> None:
    activate(model, "1")
    (model / "3" / "model.tflite").write_bytes(b"damaged")
    assert roll_back(model) == active(model) == "2"


def test_going_back_leaves_a_damaged_active_version(model: Path) -> None:
    (model / "3" / "card.json").unlink()
    assert roll_back(model) == active(model) == "2"


@pytest.mark.parametrize("version", ["4", "../nest/1", "", "."])
def test_a_version_that_is_not_there_is_refused_and_those_there_are_named(model: Path, version: str) -> None:
    with pytest.raises(ModelError, match=r"expected one of its own \(1, 2, 3\)"):
        activate(model, version)
    assert active(model) == "3"


@pytest.mark.parametrize("named", [None, "", "9", "../../elsewhere"])
def test_a_model_that_lost_its_active_version_says_how_to_choose_one(model: Path, named: str | None) -> None:
    (model / "active").unlink() if named is None else (model / "active").write_text(named)
    with pytest.raises(ModelError, match=r"as the active one, expected one of 1, 2, 3; `coopwatch models activate"):
        load_model_folder(model)
    activate(model, "2")
    assert active(model) == "2"


def test_versions_are_listed_by_age_with_faults_and_the_one_in_use(model: Path) -> None:
    (model / "2" / "model.tflite").write_bytes(b"damaged")
    versions = list_versions(model)
    assert {version.path.name: version.is_active for version in versions} == {"1": False, "2": False, "3": True}
    assert ["sha256" in (version.fault or "") for version in versions if version.card is None] == [True]
    assert list_versions(model.parent) == versions


def test_a_folder_without_models_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="received a folder without a model"):
        list_versions(tmp_path)
