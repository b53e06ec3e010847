"""Figures as lines for people: counts beside every percentage."""

from collections.abc import Iterator, Sequence

from coopwatch.workbench.figures.learning_curve import LearningPoint
from coopwatch.workbench.figures.metrics import Figures
from coopwatch.workbench.share import percent

_MOST_CONFUSIONS = 10  # the report draws them all


def figures_lines(figures: Figures) -> Iterator[str]:
    """What a person wants to know first comes first; the main confusions come last."""
    low, high = figures.right.interval
    yield f"right: {figures.right.hits} of {figures.right.count} pictures ({percent(figures.accuracy, 1)})"
    yield f"calibration error: {figures.calibration_error:.3f} (0: as sure as it is right)"
    yield f"on pictures like these it is right in {percent(low)} to {percent(high)} (95 % sure)"
    if figures.unknown.count:
        yield (
            f"too unsure to be told (below {figures.unknown_below:g}): {figures.unknown.count}, "
            f"of which {figures.unknown.hits} would have been right"
        )
    if len(figures.lights) > 1:
        yield "by light: " + ", ".join(
            f"{light} {share.hits} of {share.count}" for light, share in figures.lights.items()
        )
    width = max([len(name) for name in figures.labels], default=0)
    for name, label in figures.labels.items():
        yield (
            f"  {name:<{width}}  precision {label.precision.value:.2f}  recall {label.recall.value:.2f}  "
            f"f1 {label.f1:.2f}  pictures {label.support}"
        )
    for true, given, count in figures.confusions[:_MOST_CONFUSIONS]:
        yield f"  {true} taken for {given}: {count}"
    if (more := len(figures.confusions) - _MOST_CONFUSIONS) > 0:
        yield f"  and {more} more pairs"


def curve_lines(points: Sequence[LearningPoint]) -> Iterator[str]:
    """Whether more photos would help, a line a number of photos; nothing where nobody asked."""
    if points:
        yield "right answers by number of photos:"
    for point in points:
        drawn = f"mean of {len(point.right)} draws, " if len(point.right) > 1 else ""
        yield (
            f"  {point.photos:>5} a label ({point.learnt_from} in all): {percent(point.mean, 1)} "
            f"({drawn}{point.lowest} to {point.highest} of {point.count})"
        )
