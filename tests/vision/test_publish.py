import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coopwatch.errors import ModelError
from coopwatch.values import Role
from coopwatch.vision import whole_file
from coopwatch.vision.card import Input, Label, ModelCard, load_model_folder
from coopwatch.vision.publish import activate, adopt, prune, publish_model


def card(version: str) -> ModelCard:
    return ModelCard(
        name="nest",
        version=version,
        network="neurocoop",
        created=datetime(2026, 5, 1, tzinfo=UTC),
        labels=(Label(name="red_twin", role=Role.HEN), Label(name="egg", role=Role.EGG)),
        input=Input(height=8, width=8),
        files={},
    )


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_published_model_is_whole_hashed_and_active(tmp_path: Path) -> None:
    published = publish_model(tmp_path / "nest", card("1"), {"model.tflite": b"weights"})
    assert published.path == tmp_path / "nest" / "1"
    assert load_model_folder(tmp_path / "nest") == published
    assert published.file("model.tflite").read_bytes() == b"weights"
    assert names(tmp_path / "nest") == {"1", "active"}


def test_the_newest_published_version_is_active_and_the_old_one_can_come_back(tmp_path: Path) -> None:
    for version in ("1", "2"):
        publish_model(tmp_path, card(version), {"model.tflite": version.encode()})
    assert load_model_folder(tmp_path).card.version == "2"
    activate(tmp_path, "1")
    assert load_model_folder(tmp_path).card.version == "1"


def test_a_version_never_changes(tmp_path: Path) -> None:
    publish_model(tmp_path, card("1"), {"model.tflite": b"old"})
    with pytest.raises(ModelError, match="received a version that exists"):
        publish_model(tmp_path, card("1"), {"model.tflite": b"new"})
    assert load_model_folder(tmp_path).file("model.tflite").read_bytes() == b"old"


def test_a_card_without_end_is_not_read(tmp_path: Path) -> None:
    publish_model(tmp_path, card("1"), {"model.tflite": b"weights"})
    with (tmp_path / "1" / "card.json").open("ab") as file:
        file.write(b" " * 17_000_000)
    with pytest.raises(ModelError, match=r"received 17\.0 MB, expected a card of at most 16"):
        load_model_folder(tmp_path)


@pytest.mark.parametrize("full_after", [0, 1, 2])  # while the weights, the card, or `active` are written
def test_a_full_disk_leaves_the_old_model_untouched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full_after: int
) -> None:
    publish_model(tmp_path, card("1"), {"model.tflite": b"old"})
    sync, synced = os.fsync, []

    def sync_until_full(file: int) -> None:
        synced.append(file)
        if len(synced) > full_after:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(file)

    monkeypatch.setattr(whole_file.os, "fsync", sync_until_full)
    with pytest.raises(ModelError, match="No space left on device"):
        publish_model(tmp_path, card("2"), {"model.tflite": b"new"})
    assert load_model_folder(tmp_path).card.version == "1"
    assert not [name for name in names(tmp_path) if name.startswith(".")]


def test_a_version_that_is_not_there_is_never_made_active(tmp_path: Path) -> None:
    publish_model(tmp_path, card("1"), {"model.tflite": b"old"})
    with pytest.raises(ModelError):
        activate(tmp_path, "2")
    assert load_model_folder(tmp_path).card.version == "1"


def test_a_version_of_another_folder_becomes_one_of_this_and_is_adopted_once(tmp_path: Path) -> None:
    theirs = publish_model(tmp_path / "theirs", card("1"), {"model.tflite": b"weights"})
    adopt(tmp_path / "ours", theirs)
    assert load_model_folder(tmp_path / "ours").hash == theirs.hash
    publish_model(tmp_path / "ours", card("2"), {"model.tflite": b"more"})
    adopt(tmp_path / "ours", theirs)
    assert load_model_folder(tmp_path / "ours").card.version == "2", "it is there already, and may stay inactive"


def test_another_model_of_the_same_version_is_not_adopted(tmp_path: Path) -> None:
    publish_model(tmp_path / "ours", card("1"), {"model.tflite": b"other"})
    with pytest.raises(ModelError, match="received another model than"):
        adopt(tmp_path / "ours", publish_model(tmp_path / "theirs", card("1"), {"model.tflite": b"weights"}))


def test_of_many_versions_the_newest_the_active_and_the_spared_stay(tmp_path: Path) -> None:
    for version in "12345":
        publish_model(tmp_path / "nest", card(version), {"model.tflite": b"weights"})
    activate(tmp_path / "nest", "2")
    (tmp_path / "nest" / ".partial-killed").mkdir()
    prune(tmp_path / "nest", keep=1, spare=["1"])
    assert names(tmp_path / "nest") == {"1", "2", "5", "active"}
    prune(tmp_path / "nowhere", keep=1, spare=[])
