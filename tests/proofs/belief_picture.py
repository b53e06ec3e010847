"""Half an hour of a simulated nest as a picture: what was true, said, believed and told. `make belief-picture`."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import matplotlib as mpl
from proofs.erring import BURSTS, Day, watch_day
from proofs.rivals import count_in_a_row

from coopwatch.core.advance import advance
from coopwatch.core.memory import Memory
from coopwatch.core.rules import Rules
from coopwatch.simulator.hens import ROLES
from coopwatch.values import Belief, Classification, Event, EventKind, Role

mpl.use("Agg")
from matplotlib import pyplot as plt

NEST, SEED, EVERY = "right", 3, timedelta(seconds=5)
WITHIN = timedelta(minutes=40)
RULES = Rules(roles=ROLES, glitch_share=0.2)
_GREY = "#c9c4bc"
_COLOURS = ("#8a5a2b", "#2b6a8a", "#c98a1b", "#4f7a3a", "#8a2b5a")


def main(path: Path) -> None:
    """Choose the visit, play the nest, draw."""
    day = watch_day(SEED, 0, BURSTS, every=EVERY)
    seen = [one for one in day.seen if one.nest == NEST]
    left = next(one for one in day.events if one.nest == NEST and _is_long(one) and _is_alone(day, one))
    assert left.began is not None
    assert left.duration is not None
    begin, end = left.began - timedelta(minutes=10), left.began + left.duration + timedelta(minutes=8)
    beliefs, told = _play(seen)
    shown = [one for one in seen if begin <= one.taken_at < end]
    counted = [one for one in count_in_a_row(seen, RULES) if begin <= one.told_at < end]
    _draw(
        path,
        shown,
        [day.labels[NEST, one.taken_at] for one in shown],
        [one for one in beliefs if begin <= one.at < end],
        [one for one in told if begin <= one.told_at < end],
        counted,
    )
    print(f"{path}: told {len(told)} events of the day, counting {len(count_in_a_row(seen, RULES))}")  # noqa: T201


def _is_long(left: Event) -> bool:
    if left.kind is not EventKind.HEN_LEFT or left.duration is None:
        return False
    return timedelta(minutes=20) < left.duration < WITHIN


def _is_alone(day: Day, left: Event) -> bool:
    """Nobody squeezes in."""
    joined = [one.at for one in day.events if one.kind is EventKind.UNKNOWN_VISITOR and one.nest == left.nest]
    return not any(left.began is not None and left.began <= at <= left.at for at in joined)


def _play(seen: Sequence[Classification]) -> tuple[list[Belief], list[Event]]:
    memory, beliefs, told = Memory(camera="nestcam", nest=NEST), list[Belief](), list[Event]()
    for one in seen:
        memory, events = advance(memory, one, replace(RULES))
        assert memory.belief is not None
        beliefs.append(memory.belief)
        told += events
    return beliefs, told


def _draw(
    path: Path,
    seen: Sequence[Classification],
    true: Sequence[str],
    beliefs: Sequence[Belief],
    told: Sequence[Event],
    counted: Sequence[Event],
) -> None:
    usual = sorted(set(true), key=true.index)
    colours = dict(zip(usual, _COLOURS, strict=False))
    figure, axes = plt.subplots(4, 1, figsize=(10, 6.4), dpi=110, sharex=True, height_ratios=(0.4, 0.6, 3, 1.5))
    minutes = [(one.taken_at - seen[0].taken_at) / timedelta(minutes=1) for one in seen]
    said = [max(one.probabilities, key=one.probabilities.__getitem__) for one in seen]
    for strip, labels in zip(axes[:2], (true, said), strict=True):
        strip.bar(minutes, 1, width=5 / 60, color=[colours.get(label, _GREY) for label in labels], align="edge")
        strip.set_yticks([])
        strip.set_ylim(0, 1)
    axes[0].set_ylabel("true", rotation=0, ha="right", va="center")
    axes[1].set_ylabel("said", rotation=0, ha="right", va="center")
    for label in usual:
        name = f"{label} ({ROLES[label]})" if ROLES[label] is Role.HEN else label
        axes[2].plot(minutes, [one.probabilities[label] for one in beliefs], color=colours[label], label=name)
    others = [sum(share for label, share in one.probabilities.items() if label not in colours) for one in beliefs]
    axes[2].plot(minutes, others, color=_GREY, label="all others")
    axes[2].axhline(RULES.enter, color="black", linewidth=0.8, linestyle=":")
    axes[2].set_ylabel("believed")
    axes[2].set_ylim(0, 1.25)
    axes[2].legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8)
    for one in told:
        _mark(axes[2], one, seen[0].taken_at)
    came = [one for one in counted if one.kind is EventKind.HEN_NESTING]
    for one in counted:
        axes[3].axvline((one.told_at - seen[0].taken_at) / timedelta(minutes=1), color="#b03030", linewidth=0.9)
    for number, one in enumerate(came):
        at = (one.told_at - seen[0].taken_at) / timedelta(minutes=1)
        axes[3].text(at, 0.25 + 0.5 * (number % 2), one.hens[0], fontsize=7, rotation=90, ha="left", va="center")
    axes[3].set_yticks([])
    axes[3].set_ylabel("counting\nwould tell", rotation=0, ha="right", va="center")
    axes[3].set_xlabel("minutes; said: grey is a wrong name, held for half a minute on average")
    axes[3].set_xlim(0, minutes[-1])
    figure.tight_layout()
    figure.savefig(path)


def _mark(axes: "plt.Axes", event: Event, origin: datetime) -> None:
    """An arrow from the moment of telling back to the moment that it is dated to."""
    told, happened = ((at - origin) / timedelta(minutes=1) for at in (event.told_at, event.at))
    height = {EventKind.HEN_NESTING: 1.06, EventKind.HEN_LEFT: 1.12}.get(event.kind, 1.19)
    axes.annotate("", xy=(happened, height), xytext=(told, height), arrowprops={"arrowstyle": "->", "color": "black"})
    axes.text(happened - 0.2, height, event.kind.replace("_", " "), fontsize=8, ha="right", va="center")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
