"""Drawn pictures, the shipped model and the core together: a hen squeezes in beside another one, and a hand comes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from coopwatch.config.load import load_settings
from coopwatch.config.rules import to_rules
from coopwatch.core.tuning import tell
from coopwatch.inference.engines.litert import LiteRTEngine
from coopwatch.inference.plan import Plan
from coopwatch.simulator.coop import Coop
from coopwatch.simulator.nest_box import REGIONS
from coopwatch.values import Classification
from coopwatch.vision.card import load_model_folder
from coopwatch.vision.preprocess import crop, to_input

CONFIG = Path(__file__).parents[1] / "config" / "coopwatch.demo.yaml"
NEST, EVERY = "left", timedelta(seconds=10)


def story(begin: str, minutes: int) -> list[str]:
    """What is told of a nest on 3 May in coop 21, which the model never saw."""
    settings = load_settings(CONFIG)
    folder = load_model_folder(settings.model)
    engine, labels = LiteRTEngine(Plan.of(folder, "litert")), [label.name for label in folder.card.labels]
    coop, first = Coop(seed=21), datetime.fromisoformat(f"2026-05-03T{begin}:00").replace(tzinfo=UTC)
    seen = []
    for at in (first + step * EVERY for step in range(timedelta(minutes=minutes) // EVERY)):
        pixels = to_input(crop(coop.frame(at), REGIONS[NEST]), folder.card.input)
        shares = dict(zip(labels, engine.predict(pixels).tolist(), strict=True))
        seen.append(Classification(nest=NEST, taken_at=at, probabilities=shares, model=folder.hash))
    told = tell(seen, to_rules(settings.rules, folder.card.roles))
    return [" ".join([event.kind, *event.hens]) for event in told]


def test_two_at_once_are_never_told_as_a_third_hen() -> None:
    host = {stay.hen for stay in Coop(seed=21)._stays(NEST, datetime(2026, 5, 3, 12, 38, tzinfo=UTC))} - {"beauty"}
    assert story("12:33", 10) == [f"hen_nesting {hen}" for hen in host]  # beauty squeezed in from 12:36:12 to 12:40:18


def test_a_hand_that_collects_is_no_unknown_visitor() -> None:
    assert story("09:43", 5) == ["hen_nesting young_long", "hen_left young_long", "eggs_collected"]
