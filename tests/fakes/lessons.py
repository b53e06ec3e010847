"""A model whose head is spoilt for one hen, and photos that people named: plain colours stand for hens."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from fakes.models import TINY_INPUT, TinyNetwork, tiny_card

from coopwatch.inference.engines.litert import Backbone
from coopwatch.inference.plan import Plan
from coopwatch.learning.order import Order
from coopwatch.store.photos import write_photo
from coopwatch.values import NOTHING, NamedPhoto, Pixels, Region
from coopwatch.vision.card import ModelFolder, load_model_folder
from coopwatch.vision.examples import Examples, Labelled, examples_bytes
from coopwatch.vision.fit_head import fit_head
from coopwatch.vision.head import Head, head_bytes
from coopwatch.vision.photo import encode_photo
from coopwatch.vision.preprocess import to_input

LABELS = ("red_twin", "beauty", "egg", "empty")
COLOURS = {"red_twin": (220, 40, 30), "beauty": (40, 60, 200), "egg": (240, 235, 220), "empty": (60, 90, 40)}
NEST = Region(left=0.25, top=0.0, right=0.75, bottom=1.0)
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def picture(label: str, seed: int, *, size: tuple[int, int] = (48, 64)) -> Pixels:
    """A nest that shows the label: its colour, with noise."""
    noise = np.random.default_rng(seed).normal(0, 10, (*size, 3))
    return np.clip(np.array(COLOURS[label]) + noise, 0, 255).astype(np.uint8)


def publish_spoilt(model: Path, network: TinyNetwork, *, swapped: bool = True, version: str = "1") -> ModelFolder:
    """A model with examples; where `swapped`, it takes each hen for the other."""
    card = tiny_card(version, labels=LABELS).model_copy(update={"temperature": 1.0})
    files = {"backbone.tflite": network.backbone, "head.npz": network.head}
    bare = network.publish(model.parent / f".bare-{model.name}-{version}", card, files=files)
    backbone = Backbone(Plan.of(bare, "litert"))
    columns = np.repeat(np.arange(len(LABELS)), 12)
    seen = [picture(LABELS[column], seed) for seed, column in enumerate(columns)]
    features = np.array([backbone.features(to_input(one, TINY_INPUT)) for one in seen])
    head = fit_head(features, columns, len(LABELS))
    if swapped:
        head = Head(weights=head.weights[:, [1, 0, 2, 3]], bias=head.bias[[1, 0, 2, 3]])
    examples = Examples(
        learn=Labelled.spread(features, columns, 8),
        aside=Labelled.spread(features[1::2], columns[1::2], 4),
        photos={},
    )
    files |= {"head.npz": head_bytes(head), "features.npz": examples_bytes(examples)}
    return network.publish(model, card, files=files)


def name_photo(data_dir: Path, label: str, *, shows: str | None = None, visit: int = 1, word: int = 1) -> NamedPhoto:
    """A photo whose nest shows a hen, with a person's word for it."""
    shown = shows or ("empty" if label == NOTHING else label)
    path = write_photo(data_dir, encode_photo(picture(shown, 1000 + 10 * word + visit, size=(96, 256)), NEST))
    return NamedPhoto(photo=path, label=label, visit=visit, word=word)


def order_of(model: Path, data_dir: Path, *photos: NamedPhoto, made: datetime = NOW) -> Order:
    """To learn from these photos."""
    return Order(model=model, engine="litert", data_dir=data_dir, photos=photos, made=made)


def answer_of(model: Path, label: str) -> str:
    """What the model's active version says to a nest that shows the label."""
    from coopwatch.inference.engines.engine import build_engine  # noqa: PLC0415 (loads LiteRT's engine)

    folder = load_model_folder(model)
    answer = build_engine(Plan.of(folder, "litert")).predict(to_input(picture(label, 5), TINY_INPUT))
    return folder.card.labels[int(answer.argmax())].name
