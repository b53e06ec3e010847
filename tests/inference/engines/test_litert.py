from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes.models import FEATURES, TinyNetwork, tiny_card

from coopwatch.errors import ModelError
from coopwatch.inference.engines.litert import LiteRTEngine
from coopwatch.inference.plan import Plan
from coopwatch.vision.calibration import calibrate
from coopwatch.vision.card import ModelFolder
from coopwatch.vision.head import Head, head_bytes

CROP = np.random.default_rng(5).integers(0, 256, (24, 32, 3), dtype=np.uint8)


@pytest.fixture
def plan(tiny_model: ModelFolder) -> Plan:
    return Plan.of(tiny_model, "litert")


def features_plan(network: TinyNetwork, path: Path, head: bytes | None = None) -> Plan:
    files = {"backbone.tflite": network.backbone, "head.npz": network.head if head is None else head}
    return Plan.of(network.publish(path, files=files), "litert")


def test_a_backbone_with_its_head_answers_like_the_whole_network(
    plan: Plan, tiny_network: TinyNetwork, tmp_path: Path
) -> None:
    parts = LiteRTEngine(features_plan(tiny_network, tmp_path)).predict(CROP)
    assert parts.dtype == np.float32
    assert parts == pytest.approx(LiteRTEngine(plan).predict(CROP), abs=1e-6)


def test_the_cards_temperature_calibrates_the_answer(plan: Plan) -> None:
    raw = LiteRTEngine(replace(plan, temperature=1.0)).predict(CROP)
    assert LiteRTEngine(plan).predict(CROP) == pytest.approx(calibrate(raw, tiny_card().temperature), abs=1e-6)


def test_the_cards_scaling_reaches_the_network(plan: Plan) -> None:
    """A crop of one value at another scale looks the same as another value does."""
    engine, halved = LiteRTEngine(replace(plan, offset=0)), LiteRTEngine(replace(plan, offset=0, scale=plan.scale / 2))
    assert halved.predict(np.full_like(CROP, 60)) == pytest.approx(engine.predict(np.full_like(CROP, 120)), abs=1e-6)


def test_an_answer_is_a_copy_that_the_next_prediction_leaves_alone(plan: Plan) -> None:
    engine = LiteRTEngine(plan)
    first = engine.predict(CROP)
    kept = first.copy()
    engine.predict(255 - CROP)
    assert np.array_equal(first, kept)


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (Head(weights=np.zeros((FEATURES, 2), np.float32), bias=np.zeros(2, np.float32)), r"expected \(4, 3\)"),
        (Head(weights=np.zeros((9, 3), np.float32), bias=np.zeros(3, np.float32)), r"expected \(4, 3\)"),
    ],
    ids=["labels", "features"],
)
def test_a_head_of_another_model_is_refused(tiny_network: TinyNetwork, tmp_path: Path, head: Head, reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        LiteRTEngine(features_plan(tiny_network, tmp_path, head_bytes(head)))
