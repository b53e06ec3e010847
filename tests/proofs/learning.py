"""What corrections teach the shipped model, and how long it takes: `make proof-learning`, minutes.

The simulated coop is seen by a camera that the model never saw (without an infra-red filter). A keeper says of each
visit who it was; the rows tell how many of 240 other visits before that camera are named right then.
"""

import asyncio
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from coopwatch.inference.engines.engine import build_engine
from coopwatch.inference.plan import Plan
from coopwatch.learning.order import Order
from coopwatch.learning.place import model_in_use
from coopwatch.learning.process import learn_apart
from coopwatch.simulator.coop import Coop
from coopwatch.store.photos import write_photo
from coopwatch.values import NamedPhoto, Pixels, Region
from coopwatch.vision.card import ModelFolder
from coopwatch.vision.photo import encode_photo
from coopwatch.vision.preprocess import crop, to_input

DEMO = Path(__file__).resolve().parents[2] / "models" / "demo"
LEFT = Region(left=0.0125, top=0.0, right=0.4875, bottom=1.0)
BEGIN = datetime(2026, 6, 1, 3, tzinfo=UTC)
NAMED_SEED, JUDGED_SEED = 51, 52
HENS = ("back_spot", "beauty", "dirty", "light_back", "ordinary", "psycho", "red_star", "red_twin", "young_long")
JUDGED = 240
_NO_FILTER = np.array([[0.75, 0.45, 0.55], [0.30, 0.35, 0.20], [0.15, 0.25, 0.35]])


def another_camera(pixels: Pixels) -> Pixels:
    """The same picture as a sensor without an infra-red filter sees it: colours that the model never saw."""
    return np.clip(pixels.astype(np.float32) @ _NO_FILTER + 10, 0, 255).astype(np.uint8)


def sights(seed: int) -> Iterator[tuple[str, Pixels]]:
    """Pictures of hens in the left nest, one a visit, in the order in which they come."""
    coop = Coop(seed=seed)
    for event in coop.events(BEGIN, BEGIN + timedelta(days=40)):
        at = event.at + timedelta(minutes=3)
        label = coop.state("left", at).label
        if event.kind == "hen_nesting" and event.nest == "left" and label in HENS:
            yield label, another_camera(coop.frame(at))


def right(folder: ModelFolder, judged: list[tuple[str, Pixels]]) -> int:
    """How many of them the model names right."""
    predict = build_engine(Plan.of(folder, "litert")).predict
    names = [label.name for label in folder.card.labels]
    answers = (names[int(predict(to_input(crop(pixels, LEFT), folder.card.input)).argmax())] for _, pixels in judged)
    return sum(answer == label for answer, (label, _) in zip(answers, judged, strict=True))


async def main() -> None:
    """Print a row for each number of corrections, each time learnt from nothing but them."""
    coming, unseen = sights(NAMED_SEED), sights(JUDGED_SEED)
    judged = [next(unseen) for _ in range(JUDGED)]
    spoken = [next(coming) for _ in range(100)]
    for count in (0, 5, 10, 20, 50, 100):
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder)
            photos = [
                NamedPhoto(photo=write_photo(data, encode_photo(pixels, LEFT)), label=label, visit=number, word=number)
                for number, (label, pixels) in enumerate(spoken[:count], 1)
            ]
            made = BEGIN + timedelta(days=count)
            began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            outcome = await learn_apart(
                Order(model=DEMO, engine="litert", data_dir=data, photos=tuple(photos[::-1]), made=made)
            )
            seconds, computed = (
                time.perf_counter() - began,
                resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before,
            )
            named = right(model_in_use(DEMO, data), judged)
            told = f"{seconds:.1f} s ({computed:.1f} s of a core), {outcome.verdict}: {outcome.figures}"
            print(f"{count:4} named: {named} of {JUDGED} right; {told}")  # noqa: T201 (a proof prints)


if __name__ == "__main__":
    asyncio.run(main())
