"""Several engines as one: a crop in, stretched for each of them, and the mean of their calibrated probabilities out."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from coopwatch.inference.engines.engine import Engine
from coopwatch.inference.plan import Plan
from coopwatch.values import Pixels
from coopwatch.vision.resize import stretch


class EnsembleEngine:
    """Asks its members one after the other, in the one process that owns them."""

    def __init__(self, plan: Plan, engines: Sequence[Engine]) -> None:
        self._members = [
            (member, list(member.order), engine) for member, engine in zip(plan.members, engines, strict=True)
        ]

    def predict(self, crop: Pixels) -> npt.NDArray[np.float32]:
        """Calibrated probabilities, float32 (labels,), of a uint8 crop of the ensemble's input shape."""
        answers = [
            engine.predict(stretch(crop, height=member.height, width=member.width))[order]
            for member, order, engine in self._members
        ]
        return np.asarray(np.mean(answers, axis=0, dtype=np.float64), dtype=np.float32)
