"""A classifier without a network: probabilities come from a rule that a test gives."""

from collections.abc import Callable
from typing import Self

import numpy as np

from coopwatch.errors import InferenceError
from coopwatch.values import Pixels, Probabilities
from coopwatch.vision.card import ModelCard


class FakeClassifier:
    """The Classifier port in memory; `rule` names a crop, and may raise InferenceError."""

    def __init__(self, card: ModelCard, rule: Callable[[Pixels], Probabilities] | None = None) -> None:
        self.card = card
        self.seen: list[Pixels] = []
        self._rule = rule or self._same_for_all
        self._is_open = False

    async def __aenter__(self) -> Self:
        self._is_open = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_open = False

    async def classify(self, crop: Pixels) -> Probabilities:
        """What the rule says."""
        if not self._is_open:
            raise InferenceError("the classifier is closed")
        if crop.dtype != np.uint8 or crop.ndim != 3 or crop.shape[2] != 3 or not crop.size:
            raise InferenceError(f"received a crop of {crop.dtype} {crop.shape}, expected uint8 (height, width, 3)")
        self.seen.append(crop)
        return self._rule(crop)

    def _same_for_all(self, crop: Pixels) -> Probabilities:
        return {label.name: 1 / len(self.card.labels) for label in self.card.labels}


def sure_of(card: ModelCard, name: str, certainty: float = 0.9) -> Probabilities:
    """Probabilities that favour one label; the others share the rest."""
    rest = (1 - certainty) / (len(card.labels) - 1)
    return {label.name: certainty if label.name == name else rest for label in card.labels}
