"""Learns from what people said in the chat: their words and the model in; a new version, if it is better, out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from coopwatch.errors import ModelError
from coopwatch.inference.engines.engine import build_engine
from coopwatch.inference.plan import Plan
from coopwatch.learning.look import Step, look_at, to_named
from coopwatch.learning.order import Order, Outcome
from coopwatch.learning.place import (
    Attempt,
    Verdict,
    learnt_model,
    model_in_use,
    require_teachable,
    write_attempt,
)
from coopwatch.learning.teach import Taught, teach
from coopwatch.store.lock import locked
from coopwatch.vision.card import Learnt, ModelCard, ModelFolder, load_model_folder, version_names
from coopwatch.vision.examples import Examples, Features, examples_bytes, read_examples
from coopwatch.vision.head import Head, head_bytes, read_head
from coopwatch.vision.model_files import BACKBONE_FILE, FEATURES_FILE, HEAD_FILE
from coopwatch.vision.publish import adopt, prune, publish_model, version_at

MOST_VERSIONS = 5  # that were learnt and are kept to go back to


def learn(order: Order, step: Step) -> Outcome:
    """Fit the head anew, and make it the active version of what was learnt unless it is worse than the one in use.

    Raises:
        CannotLearnError: the model cannot be changed by corrections.
        ModelError: its files are damaged, or the data folder has no room; what was active stays so.
        UserMustActError: another process learns.
    """
    base = load_model_folder(order.model)
    require_teachable(base, order.engine, order.data_dir)
    with locked(learnt_model(order.data_dir)):
        return _learn(order, base, step)


def _learn(order: Order, base: ModelFolder, step: Step) -> Outcome:
    place = learnt_model(order.data_dir)
    prune(place, keep=MOST_VERSIONS, spare=(base.card.version,))
    head, count = read_head(base.file(HEAD_FILE)), len(base.card.labels)
    examples = read_examples(base.file(FEATURES_FILE), width=len(head.weights), labels=count)
    seen = look_at([one.photo for one in order.photos], base, order.data_dir, _known(place, base), step)
    _require_fitting(base, head, seen)
    named, labels = to_named(order.photos, seen, base.card)
    outcome = Outcome(figures=None, version=None)
    if labels:
        in_use = model_in_use(order.model, order.data_dir)
        taught = teach(examples, named, base=head, in_use=read_head(in_use.file(HEAD_FILE)))
        version = None
        if taught.figures.verdict is Verdict.LEARNT:
            card = _card(base, taught, order, labels)
            version = _publish(place, base, card, taught, replace(examples, photos=seen))
        outcome = Outcome(figures=taught.figures, version=version)
    write_attempt(order.data_dir, Attempt(word=order.word, base=base.hash, verdict=outcome.verdict))
    return outcome


def _require_fitting(base: ModelFolder, head: Head, seen: Mapping[str, Features]) -> None:
    """Refuse a model put together from parts of others, on which the arithmetic would stumble: ModelError."""
    received = {(*row.shape, len(base.card.labels)) for row in seen.values()} - {head.weights.shape}
    if received:
        raise ModelError(
            f"{base.path}: received (features, labels) {received.pop()}, expected {head.weights.shape} by {HEAD_FILE}; "
            "the parts belong to different models: train the model again"
        )


def _known(place: Path, base: ModelFolder) -> dict[str, Features]:
    """What the last version saw of photos, with the same backbone."""
    for name in version_names(place)[::-1]:
        try:
            last = load_model_folder(place / name)
            if last.card.learnt and last.card.files[BACKBONE_FILE] == base.card.files[BACKBONE_FILE]:
                width, labels = read_head(last.file(HEAD_FILE)).weights.shape
                return read_examples(last.file(FEATURES_FILE), width=width, labels=labels).photos
        except ModelError:
            continue  # damaged: to look at the photos again costs some milliseconds each
    return {}


def _card(base: ModelFolder, taught: Taught, order: Order, labels: Sequence[str]) -> ModelCard:
    right, count = taught.figures.aside_right, taught.figures.aside
    return base.card.model_copy(
        update={
            "version": version_at(order.made),
            "created": order.made,
            "metrics": {"accuracy": right / count, "count": count, "right": right} if count else {},
            "learnt": Learnt(
                base=base.hash,
                version=base.card.version,
                word=order.word,
                labels=dict(sorted(Counter(labels).items())),
                **asdict(taught.figures.lesson),
            ),
        }
    )


def _publish(place: Path, base: ModelFolder, card: ModelCard, taught: Taught, examples: Examples) -> Path:
    adopt(place, base)  # to go back to
    files = {
        BACKBONE_FILE: base.file(BACKBONE_FILE).read_bytes(),
        HEAD_FILE: head_bytes(taught.head),
        FEATURES_FILE: examples_bytes(examples),
    }
    return publish_model(place, card, files, serve=lambda folder: build_engine(Plan.of(folder, "litert")).predict).path
