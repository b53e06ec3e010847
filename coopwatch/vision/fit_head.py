"""Fits the last layer of a features model: features and labels of some pictures in, a head out, in NumPy alone.

Training and the correction of a name in the chat use the same few lines; neither needs TensorFlow for them.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from coopwatch.vision.calibration import softmax
from coopwatch.vision.head import Head

Array = npt.NDArray[np.float64]
Loss = Callable[[Array], tuple[float, Array]]
"""Weights -> (how bad they are, the slope there)."""

PENALTY = 10.0  # on half the squared weights, against the summed loss of all pictures; chosen on nest boxes by days
_MOST_STEPS = 1_000
_FLAT = 1e-4  # a slope this small, relative to the first one, is the end
_REMEMBERED = 10  # steps from which the curvature is estimated


def fit_head(
    features: npt.NDArray[np.floating],
    true: npt.NDArray[np.intp],
    labels: int,
    *,
    counts: npt.NDArray[np.floating] | None = None,
    onto: Head | None = None,
) -> Head:
    """The head with the least cross-entropy plus penalty on its weights; every label weighs the same.

    With `onto`, the penalty is on how far the head moves away from that one, which then stays as it is where these
    pictures say nothing else.

    Args:
        features: (pictures, features).
        true: (pictures,), the column of each picture's label.
        labels: number of labels; each has at least one picture.
        counts: (pictures,), as how many pictures each counts; None: as one.
        onto: a head that knows the labels already, by more pictures than these.
    """
    centre = features.mean(axis=0, dtype=np.float64)
    spread = float(features.std(dtype=np.float64)) or 1.0
    inputs, back = _reduce((features - centre) / spread)
    weight = np.ones(len(true)) if counts is None else counts
    known = np.zeros((len(true), labels)) if onto is None else onto.logits(features.astype(np.float32))
    solution = _minimise(_loss(inputs, known, true, weight), np.zeros((inputs.shape[1] + 1, labels)))
    weights = back @ solution[:-1] / spread
    bias = solution[-1] - centre @ weights
    if onto is not None:
        weights, bias = weights + onto.weights, bias + onto.bias
    return Head(weights=weights.astype(np.float32), bias=bias.astype(np.float32))


def _reduce(inputs: Array) -> tuple[Array, Array]:
    """The same pictures in as few dimensions as there are pictures, and the matrix that leads back."""
    if inputs.shape[0] >= inputs.shape[1]:
        return inputs, np.eye(inputs.shape[1])
    left, sizes, right = np.linalg.svd(inputs, full_matrices=False)
    return left * sizes, right.T


def _loss(
    inputs: Array,
    known: npt.NDArray[np.floating],
    true: npt.NDArray[np.intp],
    counts: npt.NDArray[np.floating],
) -> Loss:
    """What is to be added to the `known` logits (pictures, labels)."""
    labels = known.shape[1]
    inputs = np.column_stack([inputs, np.ones(len(inputs))])
    target = np.eye(labels)[true]
    weight = counts * (counts.sum() / (labels * (counts @ target)))[true]
    penalty = np.full((inputs.shape[1], 1), PENALTY)
    penalty[-1] = 1e-6  # the bias is all but free

    def loss(solution: Array) -> tuple[float, Array]:
        given = softmax(known + inputs @ solution)
        misses = -np.log(np.maximum(given[np.arange(len(true)), true], 1e-300))
        value = float(weight @ misses + 0.5 * (penalty * solution**2).sum())
        return value, inputs.T @ (weight[:, np.newaxis] * (given - target)) + penalty * solution

    return loss


def _minimise(loss: Loss, start: Array) -> Array:
    """L-BFGS (Nocedal and Wright, algorithm 7.5) with halved steps; a convex loss has one minimum."""
    at, (value, slope) = start, loss(start)
    flat = _FLAT * float(np.linalg.norm(slope))
    history: list[tuple[Array, Array]] = []
    for _ in range(_MOST_STEPS):
        if np.linalg.norm(slope) <= flat:
            break
        direction = _downhill(slope, history)
        gain = float(np.vdot(slope, direction))
        length = 1.0
        new_value, new_slope = loss(at + direction)
        while new_value > value + 1e-4 * length * gain and length > 1e-9:
            length /= 2
            new_value, new_slope = loss(at + length * direction)
        history = [*history[1 - _REMEMBERED :], (length * direction, new_slope - slope)]
        at, value, slope = at + length * direction, new_value, new_slope
    return at


def _downhill(slope: Array, history: list[tuple[Array, Array]]) -> Array:
    """The slope turned by the curvature that the last steps showed."""
    direction = -slope
    if not history:
        return direction / max(1.0, float(np.linalg.norm(slope)))
    shares = []
    for step, change in reversed(history):
        share = np.vdot(step, direction) / np.vdot(step, change)
        direction = direction - share * change
        shares.append(share)
    step, change = history[-1]
    direction = direction * (np.vdot(step, change) / np.vdot(change, change))
    for (step, change), share in zip(history, reversed(shares), strict=True):
        direction = direction + (share - np.vdot(change, direction) / np.vdot(step, change)) * step
    return np.asarray(direction)
