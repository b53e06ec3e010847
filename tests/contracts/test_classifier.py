"""What every classifier promises; the same cases run on the fake and on the real worker."""

import asyncio
import math
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio
from fakes.classifier import FakeClassifier

from coopwatch.errors import InferenceError
from coopwatch.inference.client import InferenceClient
from coopwatch.ports import Classifier
from coopwatch.values import Pixels
from coopwatch.vision.card import ModelFolder


def crop_of(height: int, width: int, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.fixture(params=["fake", "real"])
def closed(request: pytest.FixtureRequest, tiny_model: ModelFolder) -> Classifier:
    return FakeClassifier(tiny_model.card) if request.param == "fake" else InferenceClient(tiny_model)


@pytest_asyncio.fixture
async def classifier(closed: Classifier) -> AsyncIterator[Classifier]:
    async with closed:
        yield closed


@pytest.mark.parametrize("size", [(24, 32), (1, 1), (480, 640), (31, 7), (1, 2000)])
async def test_a_crop_of_any_size_gets_a_probability_for_each_label(
    classifier: Classifier, size: tuple[int, int]
) -> None:
    probabilities = await classifier.classify(crop_of(*size))
    assert list(probabilities) == [label.name for label in classifier.card.labels]
    assert math.isclose(math.fsum(probabilities.values()), 1, abs_tol=1e-5)
    assert all(0 <= probability <= 1 for probability in probabilities.values())


@pytest.mark.parametrize(
    "crop",
    [
        np.zeros((24, 32, 3), dtype=np.float32),
        np.zeros((24, 32, 4), dtype=np.uint8),
        np.zeros((24, 32), dtype=np.uint8),
        np.zeros((0, 32, 3), dtype=np.uint8),
    ],
    ids=["float", "four channels", "grey", "empty"],
)
async def test_what_is_no_picture_is_refused_and_the_next_picture_is_classified(
    classifier: Classifier, crop: Pixels
) -> None:
    with pytest.raises(InferenceError, match="expected uint8"):
        await classifier.classify(crop)
    assert await classifier.classify(crop_of(24, 32))


async def test_the_same_crop_gets_the_same_answer_however_many_ask_at_once(classifier: Classifier) -> None:
    crops = [crop_of(40, 40, seed) for seed in range(6)]
    alone = [await classifier.classify(crop) for crop in crops]
    assert await asyncio.gather(*(classifier.classify(crop) for crop in crops)) == alone


async def test_a_view_into_a_larger_picture_is_classified_like_its_copy(classifier: Classifier) -> None:
    view = crop_of(100, 100)[10:60:2, 20:90:3]
    assert await classifier.classify(view) == await classifier.classify(view.copy())


async def test_before_opening_and_after_closing_nothing_is_classified(closed: Classifier) -> None:
    with pytest.raises(InferenceError, match="closed"):
        await closed.classify(crop_of(24, 32))
    async with closed:
        await closed.classify(crop_of(24, 32))
    with pytest.raises(InferenceError, match="closed"):
        await closed.classify(crop_of(24, 32))
