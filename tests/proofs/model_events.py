"""How well the shipped model's events are told on simulated days that it never saw. `make proof-model`.

Every frame is really drawn and really classified, one in EVERY seconds, by the rules of the demo config; each
coop gives one day, and the coops' seeds are drawn anew unless --seed names the first.
"""

import argparse
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from proofs.findings import Findings

from coopwatch.config.load import load_settings
from coopwatch.config.rules import to_rules
from coopwatch.core.attribution import attribution
from coopwatch.core.score import score
from coopwatch.core.tuning import tell
from coopwatch.inference.engines.litert import LiteRTEngine
from coopwatch.inference.plan import Plan
from coopwatch.simulator.coop import Coop
from coopwatch.simulator.nest_box import NESTS, REGIONS
from coopwatch.values import Classification, Event, EventKind
from coopwatch.vision.card import load_model_folder
from coopwatch.vision.preprocess import crop, to_input

CONFIG = Path(__file__).resolve().parents[2] / "config" / "coopwatch.demo.yaml"
BEGIN, HOURS = 3, 15  # of each day, UTC: from before the first hen to after the last egg
MONTH = 30.4

Told = tuple[list[Event], tuple[Event, ...]]


def main() -> None:
    """Draw, classify, tell and compare."""
    parser = argparse.ArgumentParser()
    # Seeds from 3000 on: training takes 1000 to 1005, its test 2001 and 2002.
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(3_000, 1_000_000))
    parser.add_argument("--days", type=int, default=15)
    parser.add_argument("--every", type=float, default=5.0, help="seconds from frame to frame")
    parser.add_argument("--hours", type=float, default=HOURS, help="of each day")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    print(f"seeds {given.seed} to {given.seed + given.days - 1}, a day of each", flush=True)  # noqa: T201 (a proof is read)
    days: list[Told] = []
    watch = partial(watch_day, every=timedelta(seconds=given.every), lasting=timedelta(hours=given.hours))
    with ProcessPoolExecutor(given.workers) as pool:
        for day in pool.map(watch, range(given.seed, given.seed + given.days)):
            days.append(day)
            print(f"{len(days)} of {given.days} days", flush=True)  # noqa: T201
    _judge(days, given.days * len(NESTS) * given.hours / HOURS)


def watch_day(seed: int, *, every: timedelta, lasting: timedelta) -> Told:
    """What is told and what is true of the first of some month, by seed."""
    settings = load_settings(CONFIG)
    folder = load_model_folder(settings.model)
    engine, labels = LiteRTEngine(Plan.of(folder, "litert")), [label.name for label in folder.card.labels]
    coop, begin = Coop(seed=seed), datetime.fromisoformat(f"2026-{3 + seed % 7:02}-01T{BEGIN:02}:00:00Z")
    seen: list[Classification] = []
    for step in range(lasting // every):
        at = begin + step * every
        pixels = coop.frame(at)
        for nest, region in REGIONS.items():
            shares = engine.predict(to_input(crop(pixels, region), folder.card.input)).tolist()
            probabilities = dict(zip(labels, shares, strict=True))
            seen.append(Classification(nest=nest, taken_at=at, probabilities=probabilities, model=folder.hash))
    # What began in the last minutes may be told later than the watching ends.
    end = begin + lasting - timedelta(minutes=5)
    told = tell(seen, to_rules(settings.rules, folder.card.roles))
    return [event for event in told if event.at < end], coop.events(begin, end)


def _judge(days: Sequence[Told], nest_days: float) -> None:
    # Days of different coops fall on the same dates: each is judged alone, then all are added.
    findings, scores = Findings(), [score(told, true, timedelta(minutes=2)) for told, true in days]
    true, told, right = (sum(getattr(one.overall, name) for one in scores) for name in ("true", "told", "matched"))
    f1 = 2 * right / (true + told)
    delays = sorted(
        one.kinds[EventKind.HEN_NESTING].median_delay or timedelta(0)
        for one in scores
        if EventKind.HEN_NESTING in one.kinds
    )
    alarms = (told - right) / nest_days * MONTH
    eggs = [attribution(told, true) for told, true in days]
    named, laid, rightly = (sum(getattr(one, name) for one in eggs) for name in ("named", "eggs", "right"))
    findings.add("F1 of all events >= 0.99", seen=f"{f1:.4f}: {true} true, {told} told, {right} right", kept=f1 >= 0.99)
    findings.add(
        "median delay of nesting <= 30 s (the median day)",
        seen=f"{delays[len(delays) // 2].total_seconds():.0f} s",
        kept=delays[len(delays) // 2] <= timedelta(seconds=30),
    )
    findings.add(
        "at most one false alarm a month a nest", seen=f"{alarms:.2f} in {nest_days:g} nest-days", kept=alarms <= 1
    )
    findings.add("eggs put down to one hen, rightly", seen=f"{named} of {laid}, {rightly} right", kept=rightly == named)
    findings.end()


if __name__ == "__main__":
    main()
