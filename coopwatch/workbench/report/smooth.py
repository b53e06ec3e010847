"""A jagged curve in, a smooth one out."""

from collections.abc import Sequence

SMOOTHING = 0.8


def smooth(values: Sequence[float], share: float = SMOOTHING) -> tuple[float, ...]:
    """s_i = share * s_(i-1) + (1 - share) * x_i, begun at the first value."""
    smoothed: list[float] = []
    for value in values:
        smoothed.append(share * smoothed[-1] + (1 - share) * value if smoothed else value)
    return tuple(smoothed)
