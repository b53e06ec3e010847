"""Figures as lines for people: counts beside every percentage."""

from collections.abc import Iterator

from coopwatch.workbench.metrics import Figures


def figures_lines(figures: Figures) -> Iterator[str]:
    """What a person wants to know first comes first; the main confusions come last."""
    yield f"right: {figures.right} of {figures.count} pictures ({figures.accuracy:.1%})"
    yield f"calibration error: {figures.calibration_error:.3f} (0: as sure as it is right)"
    width = max([len(name) for name in figures.labels], default=0)
    for name, label in figures.labels.items():
        yield (
            f"  {name:<{width}}  precision {label.precision:.2f}  recall {label.recall:.2f}  f1 {label.f1:.2f}  "
            f"pictures {label.support}"
        )
    wrong = [(count, true, given) for true, row in figures.confusion.items() for given, count in row.items()]
    for count, true, given in sorted(wrong, reverse=True):
        if true != given:
            yield f"  {true} taken for {given}: {count}"
