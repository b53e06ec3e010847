"""What to do next: figures in, plain sentences out, the one that helps most first."""

from collections.abc import Iterator
from itertools import pairwise

from coopwatch.vision.light_mode import LightMode
from coopwatch.workbench.pictures.lint import FEWEST, MOST_UNEVEN
from coopwatch.workbench.progress import listed
from coopwatch.workbench.report.subject import Subject
from coopwatch.workbench.share import percent

_FEW_TESTS = 100  # pictures, below which the interval is wide
_CALIBRATED = 0.1  # a smaller error is none that a keeper would notice
_WORTH_MORE = 0.03  # gained by the last doubling of the photos
_JAGGED = 0.4  # share of epochs in which the training loss rose


def advise(subject: Subject) -> tuple[str, ...]:
    """Sentences a keeper can act on; every number in them is one of the report's."""
    return (
        *_on_confusions(subject),
        *_on_photos(subject),
        *_on_learning(subject),
        *_on_tests(subject),
        *_on_light(subject),
        *_on_certainty(subject),
        *_on_curves(subject),
    )


def _on_confusions(subject: Subject) -> Iterator[str]:
    labels = subject.evaluation.figures.labels
    for true, given, count in subject.evaluation.figures.confusions[:3]:
        yield (
            f"{true} was taken for {given} in {count} of {labels[true].support} pictures: compare them below, correct "
            "labels that are wrong, and add photos of both that look alike."
        )


def _on_photos(subject: Subject) -> Iterator[str]:
    photos = subject.photos
    few = {name: count for name, count in photos.items() if count < FEWEST}
    if few:
        counted = listed(f"{name} has {count}" for name, count in sorted(few.items(), key=lambda item: item[1]))
        yield f"Few photos to learn from: {counted}. Take more, on other days; {FEWEST} a label are a start."
    if photos and max(photos.values()) > MOST_UNEVEN * min(photos.values()):
        least, most = min(photos, key=photos.__getitem__), max(photos, key=photos.__getitem__)
        yield (
            f"Labels are uneven: {photos[most]} photos of {most}, {photos[least]} of {least}. "
            f"Photos of {least} help more than any others."
        )


def _on_learning(subject: Subject) -> Iterator[str]:
    points = subject.learning
    halves = [point for point in points if 2 * point.photos <= points[-1].photos]
    if not halves:
        return
    half, whole = halves[-1], points[-1]
    told = f"{percent(half.mean)} right with {half.photos} photos a label, {percent(whole.mean)} with {whole.photos}"
    if whole.mean - half.mean > _WORTH_MORE:
        yield f"More photos would help: {told}."
    elif whole.mean < 1:
        yield f"More photos of the same kind would help little ({told}): take those that look like the mistakes below."


def _on_tests(subject: Subject) -> Iterator[str]:
    figures = subject.evaluation.figures
    known = {label.name for label in subject.card.labels}
    tested = {name for name, label in figures.labels.items() if label.support}
    if untested := sorted(known - tested):
        yield f"Without a test picture: {listed(untested)}. Nothing is known of them; photograph them on another day."
    if 0 < figures.right.count < _FEW_TESTS:
        low, high = figures.right.interval
        yield (
            f"{_few(figures.right.count)}, and the true share may be anything from {percent(low)} to {percent(high)}. "
            "Test on more days."
        )
    if not subject.is_unseen:
        return  # how the model's own pictures were divided says nothing of these
    if subject.card.data.get("split") == "random":
        yield (
            "The pictures were split at random: near copies on both sides flatter the figures. Split by day; that "
            "needs times in the names of the files or in their EXIF data."
        )
    if left := subject.card.data.get("not_learnt"):
        counted = listed(f"{name} ({count})" for name, count in left.items())
        yield f"Left out of the test, because there was nothing to learn them from: {counted}."


def _few(count: int) -> str:
    if count == 1:
        return "One test picture is next to none"
    return f"{count} test pictures are few: one is {percent(1 / count)}"


def _on_light(subject: Subject) -> Iterator[str]:
    lights = subject.evaluation.figures.lights
    if not lights or not {LightMode.INFRA_RED, LightMode.COLOUR} & set(lights):
        return
    for light, other in ((LightMode.INFRA_RED, LightMode.COLOUR), (LightMode.COLOUR, LightMode.INFRA_RED)):
        if light not in lights:
            yield f"No test picture by {light} light, so nothing is known of it; add some if the camera sees by it."
        elif other in lights and lights[light].interval[1] < lights[other].interval[0]:
            yield f"By {light} light it is worse ({lights[light]}) than by {other} ({lights[other]}): add photos of it."


def _on_certainty(subject: Subject) -> Iterator[str]:
    figures = subject.evaluation.figures
    if figures.right.count == 0 or figures.calibration_error <= _CALIBRATED:
        return
    certainty = sum(answer.certainty for answer in subject.evaluation.answers) / figures.right.count
    is_timid = certainty < figures.accuracy
    yield (
        f"It is {'less' if is_timid else 'more'} sure than it is right (on average {percent(certainty)} sure, "
        f"{percent(figures.accuracy)} right): "
        + ("more photos make it surer." if is_timid else "add photos that look like the mistakes below.")
    )


def _on_curves(subject: Subject) -> Iterator[str]:
    run = subject.run
    if run is None or not run.curves:
        return
    loss, accuracy, seen = (run.curves.get(name, ()) for name in ("loss", "accuracy", "val_accuracy"))
    if run.best_epoch == run.epochs and "asked for" in run.stopped:
        yield f"The last of {run.epochs} epochs was the best: it was still learning. Allow more (--epochs)."
    rises = sum(after > before for before, after in pairwise(loss))
    if len(loss) > 4 and rises > _JAGGED * (len(loss) - 1):
        yield f"The training loss rose in {rises} of {len(loss) - 1} epochs: try a lower --learning-rate."
    best = run.best_epoch - 1
    if 0 <= best < min(len(accuracy), len(seen)) and accuracy[best] - seen[best] > 0.15:
        yield (
            f"It knows the training pictures better ({percent(accuracy[best])}) than those it did not learn from "
            f"({percent(seen[best])}): more photos, or a stronger --augmentation."
        )
