import sys
from dataclasses import replace

import numpy as np
import pytest

from coopwatch.errors import ModelError
from coopwatch.inference.client import InferenceClient
from coopwatch.inference.engines.engine import build_engine
from coopwatch.inference.plan import Plan
from coopwatch.vision.card import ModelFolder


async def test_tensorflow_and_litert_give_the_same_probabilities(tiny_model: ModelFolder) -> None:
    """The parity test: one folder, both engines, each in its own worker as in service."""
    crops = np.random.default_rng(7).integers(0, 256, (20, 24, 32, 3), dtype=np.uint8)
    async with InferenceClient(tiny_model, engine="tensorflow") as one, InferenceClient(tiny_model) as other:
        for crop in crops:
            assert await one.classify(crop) == pytest.approx(await other.classify(crop), abs=1e-5)


def test_without_a_keras_model_in_the_folder_the_remedy_is_named(tiny_model: ModelFolder) -> None:
    plan = replace(Plan.of(tiny_model, "tensorflow"), files=frozenset({"model.tflite"}))
    with pytest.raises(ModelError, match=r"no model\.keras in card\.json.*set `engine: litert`"):
        build_engine(plan)


def test_without_tensorflow_the_remedy_is_named(tiny_model: ModelFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "coopwatch.inference.engines.tensorflow", raising=False)
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(ModelError, match=r"coopwatch\[train\]"):
        build_engine(Plan.of(tiny_model, "tensorflow"))
