import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import keras
import numpy as np
import pytest
from fakes.models import TinyNetwork

from coopwatch.clock import ManualClock
from coopwatch.errors import CoopwatchError, DatasetError, ModelError
from coopwatch.inference.engines.litert import LiteRTEngine
from coopwatch.inference.plan import Plan
from coopwatch.values import Role
from coopwatch.vision.card import Input, ModelFolder, load_model_folder
from coopwatch.workbench import scratch
from coopwatch.workbench.dataset import read_dataset
from coopwatch.workbench.evaluate import Predict
from coopwatch.workbench.export import export_litert
from coopwatch.workbench.networks.network import Network
from coopwatch.workbench.networks.registry import NETWORKS
from coopwatch.workbench.progress import Silent
from coopwatch.workbench.run_folder import read_run
from coopwatch.workbench.scratch import ScratchSettings
from coopwatch.workbench.split import SplitRule
from coopwatch.workbench.train import TrainSettings, train_model

Draw = Callable[..., Path]
SCRATCH = TrainSettings(
    network="small",
    scratch=ScratchSettings(epochs=2, learning_rate=0.003, augmentation="none", batch_size=8),
)


def serve(folder: ModelFolder) -> Predict:
    return LiteRTEngine(Plan.of(folder, "litert")).predict


def run(folder: Path, out: Path, settings: TrainSettings) -> ModelFolder:
    clock = ManualClock(datetime(2026, 6, 1, tzinfo=UTC))
    published, _ = train_model(read_dataset([folder]), out, settings, serve=serve, clock=clock, progress=Silent())
    return published


def build_small(form: Input, labels: int) -> keras.Model:
    layers = keras.layers
    picture = keras.Input((form.height, form.width, 3))
    x = layers.Conv2D(12, 3, strides=2, activation="relu")(picture)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(picture, layers.Dense(labels, activation="softmax")(x) if labels else x, name="small")


def build_small_backbone(form: Input, labels: int) -> keras.Model:
    keras.utils.set_random_seed(4)  # stands for weights that were learnt elsewhere
    return build_small(form, labels)


@pytest.fixture(autouse=True)
def small_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks of a few weights, one of them under the default's name: the real ones take their time."""
    form = Input(height=20, width=20)
    backbone = Network(name="efficientnet_lite0", build=build_small_backbone, input=form, way="features")
    monkeypatch.setitem(NETWORKS, "efficientnet_lite0", backbone)
    monkeypatch.setitem(NETWORKS, "small", Network(name="small", build=build_small, input=form))


def test_from_scratch_a_whole_network_is_published_with_what_it_is_worth(draw: Draw, tmp_path: Path) -> None:
    published = run(draw(), tmp_path / "nest", SCRATCH)
    card = published.card
    assert load_model_folder(tmp_path / "nest") == published
    assert (card.name, card.version, card.network) == ("nest", "20260601T000000Z", "small")
    assert card.roles == {"egg": Role.EGG, "empty": Role.EMPTY, "red_twin": Role.HEN}
    assert set(card.files) == {"model.tflite", "model.keras"}
    assert card.training["epochs"] == 2
    assert card.data["split"] == "day"
    assert card.metrics["count"] == sum(card.data["labels"]["test"].values()) == 9
    assert card.metrics["parity"]["count"] == 36


def test_by_default_a_head_on_frozen_features_names_plain_colours(draw: Draw, tmp_path: Path) -> None:
    published = run(draw(), tmp_path / "nest", replace(TrainSettings(), keep_keras=False))
    card = published.card
    assert set(card.files) == {"backbone.tflite", "head.npz"}
    assert card.metrics["accuracy"] == 1.0
    assert card.training["calibrated_on"] == 27
    assert 0.1 <= card.temperature <= 10
    assert (
        json.loads((published.path / "card.json").read_text())["data"]["hash"]
        == read_dataset([tmp_path / "photos"]).hash
    )


def test_a_run_tells_how_the_model_came_about(draw: Draw, tmp_path: Path) -> None:
    published = run(draw(), tmp_path / "nest", SCRATCH)
    folder = tmp_path / "nest" / "runs" / published.card.version
    told = read_run(folder)
    assert (told.model, told.network, told.way, told.weights) == ("nest", "small", "scratch", "random")
    assert told.sources == (str(tmp_path / "photos"),)
    assert told.data == published.card.data
    assert [step.name for step in told.steps] == ["read", "fit", "calibrate", "export", "parity", "evaluate"]
    assert (told.epochs, told.stopped) == (2, "2 epochs were asked for")
    assert all(len(told.curves[name]) == 2 for name in ("loss", "accuracy", "val_loss", "val_accuracy"))
    assert told.settings["learning_rate"] == 0.003
    right = sum(max(answer.probabilities, key=answer.probabilities.get) == answer.label for answer in told.answers)
    assert (len(told.answers), right) == (published.card.metrics["count"], published.card.metrics["right"])
    assert f"parameters: {told.parameters:,}" in (folder / "summary.txt").read_text()


def test_of_a_head_on_features_only_the_head_is_learnt(draw: Draw, tmp_path: Path) -> None:
    published = run(draw(), tmp_path / "nest", TrainSettings())
    told = read_run(tmp_path / "nest" / "runs" / published.card.version)
    assert (told.way, told.weights, told.curves) == ("features", "imagenet", {})
    assert told.trainable == 12 * 3 + 3 < told.parameters
    assert [step.name for step in told.steps][:3] == ["build", "export", "features"]


def test_the_same_seed_and_pictures_give_the_same_files(draw: Draw, tmp_path: Path) -> None:
    settings = replace(SCRATCH, keep_keras=False)
    folder = draw()
    first, second = (run(folder, tmp_path / name, settings).card for name in ("a", "b"))
    assert first.files == second.files
    assert first.temperature == second.temperature


def test_a_label_seen_only_on_later_days_is_left_out_and_counted(draw: Draw, tmp_path: Path) -> None:
    folder = draw()
    for path in (folder / "egg").glob("2026-05-0[123]*"):
        path.unlink()
    rule = SplitRule(train_until=date(2026, 5, 3))
    card = run(folder, tmp_path / "nest", replace(TrainSettings(), split=rule)).card
    assert set(card.roles) == {"empty", "red_twin"}
    assert card.data["not_learnt"] == {"egg": 3}
    assert card.metrics["count"] == 6


def test_one_label_left_to_learn_is_refused(draw: Draw, tmp_path: Path) -> None:
    folder = draw(labels=("egg", "empty"))
    for path in (folder / "egg").glob("2026-05-0[123]*"):
        path.unlink()
    with pytest.raises(DatasetError, match=r"one label to learn from \(empty\)"):
        run(folder, tmp_path / "nest", replace(TrainSettings(), split=SplitRule(train_until=date(2026, 5, 3))))


def refuse(model: keras.Model) -> bytes:
    raise CoopwatchError("a layer that LiteRT does not know")


def export_of_another(model: keras.Model) -> bytes:
    *rest, weights, bias = model.get_weights()
    other = keras.models.clone_model(model)
    other.set_weights([*rest, np.roll(weights, 1, axis=1), bias])
    return export_litert(other)


@pytest.mark.parametrize(("broken", "error"), [(refuse, CoopwatchError), (export_of_another, ModelError)])
def test_a_failed_export_leaves_the_old_model_untouched(
    draw: Draw,
    tiny_network: TinyNetwork,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    broken: Callable[[keras.Model], bytes],
    error: type[Exception],
) -> None:
    old = tiny_network.publish(tmp_path / "nest")
    monkeypatch.setattr(scratch, "export_litert", broken)
    with pytest.raises(error):
        run(draw(), tmp_path / "nest", SCRATCH)
    assert load_model_folder(tmp_path / "nest") == old
    assert {path.name for path in (tmp_path / "nest").iterdir()} == {old.card.version, "active"}
