"""Hens who sit one after the other, or together, with no clear view between: who is said to have laid the egg?"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from proofs.erring import INDEPENDENT, classify

from coopwatch.core.attribution import calibration_error
from coopwatch.core.rules import Rules
from coopwatch.core.tuning import tell
from coopwatch.simulator.hens import EGG, EMPTY, HENS, OTHER
from coopwatch.values import EventKind

_BEGIN = datetime(2026, 5, 1, 5, tzinfo=UTC)
_LAYS = 0.29  # of all stays, as in the simulated coop: 0.8 eggs in 2.8 visits a day


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Who was named for the eggs of shared nests."""

    eggs: int  # told
    named: int  # of these: one hen alone
    right: int  # of the named
    calibration_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stay:
    hen: str
    began: datetime
    ended: datetime
    lays: bool


def share_nests(seed: int, count: int, rules: Rules, *, every: timedelta) -> Shared:
    """Play `count` mornings in which two or three hens share a nest that nobody sees into between them."""
    rng = random.Random(f"shared {seed}")
    named = right = 0
    claims: list[tuple[float, bool]] = []
    for number in range(count):
        stays = _stays(rng)
        layers = {stay.hen for stay in stays if stay.lays}
        told = [event for event in _tell(stays, rules, every, f"{seed} {number}") if event.kind is EventKind.EGG_LAID]
        for egg in told[:1]:
            claims.append((egg.certainty, bool(layers & set(egg.hens))))
            named += len(egg.hens) == 1
            right += len(egg.hens) == 1 and egg.hens[0] in layers
    return Shared(eggs=len(claims), named=named, right=right, calibration_error=calibration_error(claims) or 0.0)


def _stays(rng: random.Random) -> list[_Stay]:
    """Laying takes 32 min, looking in 9 min in the middle; both spread so much that they overlap."""
    hens = rng.sample(sorted(HENS), rng.choice((2, 2, 3)))
    stays: list[_Stay] = []
    began = _BEGIN + timedelta(minutes=5)
    for hen in hens:
        lays = rng.random() < _LAYS
        minutes = rng.lognormvariate(3.47, 0.30) if lays else rng.lognormvariate(2.20, 0.45)
        stays.append(_Stay(hen=hen, began=began, ended=began + timedelta(minutes=max(2.0, minutes)), lays=lays))
        # The next one comes when this one leaves, or up to 3 min before.
        began = max(began + timedelta(minutes=1), stays[-1].ended - timedelta(minutes=max(0.0, rng.uniform(-3, 3))))
    return stays


def _tell(stays: Sequence[_Stay], rules: Rules, every: timedelta, seed: str):
    end = max(stay.ended for stay in stays)
    moments = [_BEGIN + step * every for step in range((end + timedelta(minutes=6) - _BEGIN) // every)]

    def label(at: datetime) -> str:
        hens = [stay.hen for stay in stays if stay.began <= at < stay.ended]
        if hens:
            return hens[0] if len(hens) == 1 else OTHER
        return EGG if any(stay.lays and stay.ended <= at for stay in stays) else EMPTY

    return tell(list(classify("left", moments, label, INDEPENDENT, every=every, seed=seed)), rules)
