"""How surely against how late, as a picture: points of the tuning in, a PNG out."""

import math
from collections.abc import Sequence
from pathlib import Path

from coopwatch.core.tuning import Point

_BROWN = "#8a5a2b"


def draw_tuning(points: Sequence[Point], path: Path, *, used: float) -> None:
    """Draw F1 against the median delay, a point for each bar; the bar in use is filled."""
    import matplotlib as mpl  # noqa: PLC0415 (only who draws pays for it)

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(7, 4.5), dpi=120)
    shown = [
        (point.enter, delay.total_seconds(), point.score.overall.f1 or 0.0)
        for point in points
        if (delay := point.score.overall.median_delay) is not None
    ]
    axes.plot([late for _, late, _ in shown], [f1 for *_, f1 in shown], color=_BROWN, linewidth=1.5, zorder=1)
    for enter, late, f1 in shown:
        filled = _BROWN if math.isclose(enter, used) else "white"
        axes.scatter(late, f1, s=60, color=filled, edgecolor=_BROWN, zorder=2)
        axes.annotate(f"enter {enter:g}", (late, f1), xytext=(6, -12), textcoords="offset points", fontsize=9)
    axes.set_xlabel("median delay from the true moment to the message, seconds")
    axes.set_ylabel("F1 of all events")
    axes.margins(x=0.15, y=0.12)  # room for the words beside the outer points
    axes.set_title("How sure to be before telling: to the right later, to the top truer")
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)
