from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from fakes.models import TINY_INPUT, TINY_LABELS, TinyNetwork, tiny_card

from coopwatch.cli.serve import serve
from coopwatch.errors import ModelError
from coopwatch.inference.benchmark import measure_worker
from coopwatch.inference.client import InferenceClient
from coopwatch.inference.engines.engine import build_engine
from coopwatch.inference.plan import Plan
from coopwatch.values import Role
from coopwatch.vision.card import Label, ModelCard, ModelFolder, load_model_folder
from coopwatch.vision.ensemble import join_models
from coopwatch.workbench.explain.explanation import load_network

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CROP = np.random.default_rng(2).integers(0, 256, (TINY_INPUT.height, TINY_INPUT.width, 3), dtype=np.uint8)


def other_card() -> ModelCard:
    """The same labels in another order, and another calibration."""
    return tiny_card(labels=tuple(reversed(TINY_LABELS))).model_copy(update={"temperature": 0.4, "unknown_below": 0.6})


@pytest.fixture
def members(tiny_network: TinyNetwork, tmp_path: Path) -> list[ModelFolder]:
    """A whole network, and a backbone with a head."""
    parts = {"backbone.tflite": tiny_network.backbone, "head.npz": tiny_network.head}
    return [
        tiny_network.publish(tmp_path / "one"),
        tiny_network.publish(tmp_path / "two", other_card(), files=parts),
    ]


def alone(folder: ModelFolder) -> dict[str, float]:
    answer = build_engine(Plan.of(folder, "litert")).predict(CROP)
    return dict(zip(folder.card.roles, answer.tolist(), strict=True))


async def test_the_daemons_classifier_answers_with_the_mean_of_the_members(
    members: list[ModelFolder], tmp_path: Path
) -> None:
    ensemble = join_models(members, tmp_path / "all", NOW, serve=serve)
    one, two = map(alone, members)
    async with InferenceClient(load_model_folder(tmp_path / "all")) as classifier:
        answer = await classifier.classify(CROP)
    assert answer == pytest.approx({label: (one[label] + two[label]) / 2 for label in TINY_LABELS}, abs=1e-6)
    assert one != pytest.approx(two, abs=0.01)
    assert ensemble.card.unknown_below == pytest.approx(0.3)


def test_its_folder_has_what_the_service_loads_and_no_more(members: list[ModelFolder], tmp_path: Path) -> None:
    card = join_models(members, tmp_path / "all", NOW, serve=serve).card
    assert set(card.files) == {"0-model.tflite", "1-backbone.tflite", "1-head.npz"}
    assert [member.order for member in card.members] == [(0, 1, 2), (2, 1, 0)]


def test_each_member_gets_the_crop_at_its_own_size(members: list[ModelFolder], tmp_path: Path) -> None:
    ensemble = join_models(members, tmp_path / "all", NOW, serve=serve)
    plan = Plan.of(ensemble, "litert")
    larger = replace(plan, height=2 * plan.height, width=2 * plan.width)
    doubled = CROP.repeat(2, axis=0).repeat(2, axis=1)
    assert build_engine(larger).predict(doubled) == pytest.approx(build_engine(plan).predict(CROP), abs=1e-6)


def test_what_cannot_be_joined_is_refused(
    members: list[ModelFolder], tiny_network: TinyNetwork, tmp_path: Path
) -> None:
    strange = tiny_network.publish(tmp_path / "strange", tiny_card(labels=("red_twin", "egg", "rat")))
    labels = tuple(Label(name=name, role=Role.OTHER) for name in TINY_LABELS)
    otherwise = tiny_network.publish(tmp_path / "roles", tiny_card().model_copy(update={"labels": labels}))
    whole = join_models(members, tmp_path / "whole", NOW, serve=serve)
    for folders, said in (
        ([members[0]], "received 1 different models"),
        ([members[0], members[0]], "received 1 different models"),
        ([members[0], strange], r"the labels egg \(egg\), rat \(hen\)"),
        ([members[0], otherwise], r"the labels egg \(other\)"),
        ([members[0], whole], "received an ensemble"),
    ):
        with pytest.raises(ModelError, match=said):
            join_models(folders, tmp_path / "all", NOW, serve=serve)
    assert not (tmp_path / "all").exists()


async def test_who_needs_one_network_says_so(members: list[ModelFolder], tmp_path: Path) -> None:
    whole = join_models(members, tmp_path / "all", NOW, serve=serve)
    with pytest.raises(ModelError, match="measure its members"):
        await measure_worker(whole, rounds=1)
    with pytest.raises(ModelError, match="explain a member of it: tiny/1, tiny/1"):
        load_network(whole)


def test_a_damaged_or_foreign_member_is_refused(members: list[ModelFolder], tmp_path: Path) -> None:
    ensemble = join_models(members, tmp_path / "all", NOW, serve=serve)
    described = ensemble.card.model_dump_json()
    card = ensemble.path / "card.json"
    for old, new, said in (
        ('"order":[0,1,2]', '"order":[0,1,1]', "another order"),
        ('"prefix":"0-"', '"prefix":"../"', "prefix"),
    ):
        assert old in described
        card.write_text(described.replace(old, new))
        with pytest.raises(ModelError, match=said):
            load_model_folder(tmp_path / "all")
    card.write_text(described.replace('"prefix":"0-"', '"prefix":"7-"'))
    with pytest.raises(ModelError, match="export the model again"):
        build_engine(Plan.of(load_model_folder(tmp_path / "all"), "litert"))
