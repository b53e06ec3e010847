"""The drawings of a report: figures in, SVG out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from coopwatch.workbench.figures.learning_curve import LearningPoint
from coopwatch.workbench.figures.metrics import Bin, Figures, LabelFigures
from coopwatch.workbench.report.smooth import smooth
from coopwatch.workbench.report.svg import BAD, FAINT, GOOD, INK, drawing
from coopwatch.workbench.share import Share, percent

_MOST_NUMBERS = 15  # labels; with more, numbers on the diagonal of a confusion matrix no longer fit
_PERCENT = PercentFormatter(1.0, decimals=0, symbol=" %")


def draw_confusion(figures: Figures) -> str:
    """True labels down, given labels across; a field is the darker the larger its share of the row."""
    names = list(figures.labels)
    size = len(names)
    side = max(4.0, 1.6 + 0.42 * size) if size <= _MOST_NUMBERS else 1.6 + 0.2 * size
    alternative = "Confusion matrix: " + (
        "; ".join(f"{true} taken for {given} {count} times" for true, given, count in figures.confusions[:10])
        or "no mistakes"
    )
    letters = 10 if size <= _MOST_NUMBERS else 8
    with drawing("confusion", alternative, width=side, height=side) as sheet:
        axes = sheet.axes
        axes.grid(visible=False)
        if size > _MOST_NUMBERS:
            axes.grid(visible=True, linewidth=0.4)  # leads the eye from a field to its names
        for row, true in enumerate(names):
            for column, given in enumerate(names):
                count = figures.confusion.get(true, {}).get(given, 0)
                if count:
                    share = count / figures.labels[true].support
                    colour = GOOD if row == column else BAD
                    axes.fill_between(
                        [column - 0.46, column + 0.46],
                        row - 0.46,
                        row + 0.46,
                        color=colour,
                        alpha=0.2 + 0.6 * share,
                        lw=0,
                    )
                    axes.text(column, row, str(count), ha="center", va="center", color=INK, fontsize=letters)
        axes.set_xticks(
            range(size), names, rotation=90 if size > 4 else 30, ha="center" if size > 4 else "right", fontsize=letters
        )
        axes.set_yticks(range(size), names, fontsize=letters)
        axes.set(xlim=(-0.6, size - 0.4), ylim=(size - 0.4, -0.6), xlabel="given", ylabel="true", aspect="equal")
        axes.tick_params(length=0)
    return sheet.svg


def draw_photos(photos: Mapping[str, int], labels: Mapping[str, LabelFigures]) -> str:
    """Each label's share of right answers, with its interval, against the photos that it was learnt from."""
    points = [(photos[name], label.recall, name) for name, label in labels.items() if label.support and name in photos]
    alternative = "; ".join(
        f"{name}: {count} photos, {percent(recall.value)} right" for count, recall, name in points[:50]
    )
    with drawing("photos", alternative, width=5.8, height=3.6) as sheet:
        axes = sheet.axes
        for count, recall, _ in points:
            low, high = recall.interval
            axes.plot([count, count], [low, high], color=FAINT, linewidth=4, solid_capstyle="round", zorder=1)
            axes.plot([count], [recall.value], "o", color=GOOD, markersize=7, zorder=3)
        most = max((count for count, *_ in points), default=1)
        _name_points(axes, points, most)
        axes.set_xlim(0, 1.3 * most)
        axes.set(ylim=(-0.03, 1.06), xlabel="photos learnt from", ylabel="rightly named")
        axes.yaxis.set_major_formatter(_PERCENT)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return sheet.svg


def _name_points(axes: Axes, points: Sequence[tuple[int, Share, str]], most: int) -> None:
    """Labels at their points; those of one point together, and to its left where another one lies at its right."""
    names = defaultdict(list)
    for count, recall, name in points:
        names[count, round(recall.value, 2)].append(name)
    for (count, right), together in names.items() if len(names) <= _MOST_NUMBERS else ():
        is_crowded = any(0 < x - count < 0.25 * most and abs(y - right) < 0.08 for x, y in names)
        axes.annotate(
            ", ".join(together) if len(together) < 3 else f"{len(together)} labels",
            (count, right), xytext=(-8 if is_crowded else 8, -4), textcoords="offset points",
            ha="right" if is_crowded else "left", fontsize=10,
        )  # fmt: skip


def draw_calibration(bins: Sequence[Bin]) -> str:
    """How often answers of about equal certainty are right; on the diagonal they are as sure as they are right."""
    alternative = "; ".join(
        f"{percent(group.certainty)} sure: {group.right.hits} of {group.right.count} right" for group in bins
    )
    with drawing("calibration", alternative, width=4.6, height=4.2) as sheet:
        axes = sheet.axes
        axes.plot([0, 1], [0, 1], color=INK, linewidth=1, linestyle=(0, (4, 4)), zorder=1)
        for group in bins:
            low, high = group.right.interval
            axes.plot([group.certainty] * 2, [low, high], color=FAINT, linewidth=4, solid_capstyle="round", zorder=1)
            axes.annotate(  # towards the middle: beside its point, it would lie under the next group's
                str(group.right.count), (group.certainty, group.right.value), ha="center",
                xytext=(0, -19 if group.right.value > 0.5 else 11), textcoords="offset points", fontsize=9,
            )  # fmt: skip
        most = max((group.right.count for group in bins), default=1)
        axes.scatter(
            [group.certainty for group in bins],
            [group.right.value for group in bins],
            s=[30 + 170 * group.right.count / most for group in bins],
            color=GOOD,
            zorder=3,
        )
        axes.set(xlim=(0, 1.04), ylim=(-0.03, 1.06), xlabel="as sure as", ylabel="right", aspect="equal")
        axes.xaxis.set_major_formatter(_PERCENT)
        axes.yaxis.set_major_formatter(_PERCENT)
    return sheet.svg


def draw_curves(curves: Mapping[str, Sequence[float]], what: str, best_epoch: int) -> str:
    """One quantity by epoch, of learnt and of tuning pictures: raw thin, smoothed thick, the best epoch marked."""
    alternative = f"{what} by epoch; the best epoch was {best_epoch}"
    with drawing(what, alternative, width=5.0, height=3.4) as sheet:
        axes = sheet.axes
        for key, name, colour in ((what, "learnt from", GOOD), (f"val_{what}", "not learnt from", BAD)):
            values = curves.get(key, ())
            epochs = range(1, len(values) + 1)
            axes.plot(epochs, values, color=colour, linewidth=1, alpha=0.4)
            axes.plot(epochs, smooth(values), color=colour, linewidth=2.2, label=name)
        axes.axvline(best_epoch, color=INK, linewidth=1, linestyle=(0, (2, 3)))
        axes.set(xlabel="epoch", ylabel="right" if what == "accuracy" else what)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if what == "accuracy":
            axes.yaxis.set_major_formatter(_PERCENT)
        axes.legend(loc="best", labelcolor=INK)
    return sheet.svg


def draw_learning(points: Sequence[LearningPoint]) -> str:
    """The mean share of right answers against photos a label, and the range of the draws."""
    alternative = "; ".join(f"{point.photos} photos a label: {percent(point.mean)} right" for point in points)
    with drawing("learning", alternative, width=5.8, height=3.6) as sheet:
        axes = sheet.axes
        photos = [point.photos for point in points]
        axes.fill_between(
            photos, [point.lowest / point.count for point in points], [point.highest / point.count for point in points],
            color=GOOD, alpha=0.18, linewidth=0,
        )  # fmt: skip
        axes.plot(photos, [point.mean for point in points], "o-", color=GOOD, linewidth=2)
        axes.set_xscale("log")
        axes.set_xticks(photos, [str(count) for count in photos])
        axes.minorticks_off()
        axes.set(ylim=(-0.03, 1.06), xlabel="photos a label", ylabel="right")
        axes.yaxis.set_major_formatter(_PERCENT)
    return sheet.svg
