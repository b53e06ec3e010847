"""A report as one page that needs nothing else: a subject and its pictures in, HTML out."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from coopwatch.workbench.pages.render import render
from coopwatch.workbench.report.advice import advise
from coopwatch.workbench.report.plots import draw_calibration, draw_confusion, draw_curves, draw_learning, draw_photos
from coopwatch.workbench.report.smooth import SMOOTHING
from coopwatch.workbench.report.subject import Subject

Thumbnail = Callable[[Path], str | None]
"""A picture's file -> its `data:` address; None where it cannot be shown."""

MOST_CONFUSIONS = 6
_MOST_WRONG = 4  # pictures of one confusion
MOST_MISTAKES = 24
_REASONS = {
    "features": "a backbone that has seen a million photos turns each picture into numbers, and only one small layer "
    "on top is learnt, so that few photos are enough.",
    "frozen": "the backbone stays as it came, and a head on top is learnt from augmented pictures.",
    "finetune": "a backbone that knows the world, whose last block learns your pictures slowly.",
    "scratch": "every weight is learnt from these pictures alone; it needs many of them.",
}


def render_page(subject: Subject, thumbnail: Thumbnail) -> str:
    """The page; all that came from names of files, labels and folders is escaped."""
    run, card = subject.run, subject.card
    return render(
        Path(__file__).with_name("page.html.jinja"),
        subject=subject,
        card=card,
        run=run,
        figures=subject.evaluation.figures,
        photos=subject.photos,
        advice=advise(subject),
        confusions=_confusions(subject),
        worst=subject.mistakes[:MOST_MISTAKES],
        drawings={name: Markup(svg) for name, svg in _drawings(subject)},  # noqa: S704 (an XML writer escaped them)
        way=card.training.get("way", ""),
        reason=_REASONS.get(card.training.get("way", ""), ""),
        parity=card.metrics.get("parity"),
        remarks=tuple(_remarks(subject)),
        environment=_environment(subject),
        longest_step=max([step.seconds for step in run.steps], default=0) or 1 if run else 1,
        smoothing=SMOOTHING,
        thumbnail=thumbnail,
    )


def _drawings(subject: Subject) -> Iterator[tuple[str, str]]:
    figures, run = subject.evaluation.figures, subject.run
    yield "learning", draw_learning(subject.learning) if subject.learning else ""
    yield "confusion", draw_confusion(figures)
    yield "calibration", draw_calibration(figures.calibration)
    yield "photos", draw_photos(subject.photos, figures.labels) if subject.photos and figures.labels else ""
    for what in ("accuracy", "loss"):
        yield what, draw_curves(run.curves, what, run.best_epoch) if run and run.curves else ""


def _confusions(subject: Subject) -> list[Mapping[str, Any]]:
    """The main confusions, each with its pictures and one of either label that was named rightly."""
    return [
        {
            "true": true,
            "given": given,
            "count": count,
            "wrong": subject.taken_for(true, given)[:_MOST_WRONG],
            "right": [*subject.taken_for(true, true)[:1], *subject.taken_for(given, given)[:1]],
        }
        for true, given, count in subject.evaluation.figures.confusions[:MOST_CONFUSIONS]
    ]


def _remarks(subject: Subject) -> Iterator[str]:
    """What went wrong on the way, and what a reader of the figures must know."""
    data = subject.card.data
    yield from data.get("notes", ())
    if data.get("unreadable"):
        yield f"{data['unreadable']} pictures of the data set did not decode and were set aside"
    for label, count in data.get("not_learnt", {}).items():
        yield f"{label} has no picture to learn from; its {count} test pictures were left out"
    for file in subject.evaluation.unreadable:
        yield f"{file} did not decode and counts nowhere"


def _environment(subject: Subject) -> Mapping[str, Any]:
    if subject.run is None:
        return dict(subject.card.training.get("versions", {}))
    facts = {name: value for name, value in subject.run.environment.items() if value is not None}
    return {**{name: value for name, value in facts.items() if name != "versions"}, **facts.get("versions", {})}
