"""How surely against how late, as a picture: points of the tuning in, a PNG out."""

import math
from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from coopwatch.core.tuning import Point

_BROWN = "#8a5a2b"


def draw_tuning(points: Sequence[Point], path: Path, *, used: float) -> None:
    """Draw F1 against the median delay, a point for each bar; the bar in use is filled."""
    figure = Figure(figsize=(7, 4.5), dpi=120)
    axes = figure.subplots()
    places = _places(points)
    axes.plot([late for late, _ in places], [f1 for _, f1 in places], color=_BROWN, linewidth=1.5, zorder=1)
    for (late, f1), bars in places.items():
        filled = _BROWN if any(math.isclose(bar, used) for bar in bars) else "white"
        axes.scatter(late, f1, s=60, color=filled, edgecolor=_BROWN, zorder=2)
        words = "enter " + "\n".join(f"{bar:g}" for bar in bars)
        axes.annotate(words, (late, f1), xytext=(0, -7), textcoords="offset points", fontsize=9, ha="center", va="top")
    if not places:
        axes.text(0.5, 0.5, "no event was told rightly", ha="center", transform=axes.transAxes)
    axes.set_xlabel("median delay from the true moment to the message, seconds")
    axes.set_ylabel("F1 of all events")
    axes.margins(x=0.15, y=0.12)  # room for the words below the outer points
    axes.set_title("How sure to be before telling: to the right later, to the top truer")
    low, high = axes.get_ylim()
    axes.set_ylim(max(0.0, low), min(1.01, high))
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path)


def _places(points: Sequence[Point]) -> dict[tuple[float, float], list[float]]:
    """(median delay in seconds, F1) -> the bars that come to it; their words would lie on each other."""
    places: dict[tuple[float, float], list[float]] = {}
    for point in points:
        overall = point.score.overall
        if overall.median_delay is not None:
            places.setdefault((overall.median_delay.total_seconds(), overall.f1 or 0.0), []).append(point.enter)
    return places
