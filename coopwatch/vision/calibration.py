"""Makes a network's certainty honest: probabilities or logits in, calibrated probabilities out."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]

_SMALLEST = 1e-12  # stands in for a probability of exactly 0, whose logarithm does not exist


def softmax(logits: Floats, temperature: float = 1.0) -> npt.NDArray[np.float64]:
    """Probabilities along the last axis; a temperature above 1 makes them less sure, the order stays."""
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def calibrate(probabilities: Floats, temperature: float) -> npt.NDArray[np.float64]:
    """The same as `softmax(logits, temperature)`, for a network that gives probabilities and keeps its logits."""
    return softmax(np.log(np.maximum(np.asarray(probabilities, dtype=np.float64), _SMALLEST)), temperature)
