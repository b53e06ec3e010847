"""Eggs and who is said to have laid them, by hidden seeds beside a fixed one."""

import random
from datetime import timedelta

import pytest
from small_coop import BEGAN, RULES

from coopwatch.core.attribution import attribution, calibration_error
from coopwatch.core.egg import attribute
from coopwatch.core.memory import Stay
from coopwatch.values import Event, EventKind

SHARED_NESTS = 2000


@pytest.mark.parametrize("seed", [1, random.SystemRandom().randrange(10**6)], ids=lambda seed: f"seed {seed}")
def test_who_laid_in_a_shared_nest_is_said_rightly_and_only_where_it_can_be_known(seed: int) -> None:
    """Two or three hens without a clear view between; who lays sits longer, but not always."""
    rng = random.Random(seed)
    claims: list[tuple[float, bool]] = []
    named: list[bool] = []
    while len(claims) < SHARED_NESTS:
        stays = [(hen, rng.random() < 0.29) for hen in ("beauty", "psycho", "red_twin")[: rng.choice((2, 2, 3))]]
        layers = {hen for hen, lays in stays if lays}
        if not layers:
            continue
        minutes = [rng.lognormvariate(3.47, 0.3) if lays else rng.lognormvariate(2.2, 0.45) for _, lays in stays]
        sat = tuple(
            Stay(who=hen, lasted=timedelta(minutes=lasted), ended=BEGAN)
            for (hen, _), lasted in zip(stays, minutes, strict=True)
        )
        hens, certainty = attribute(sat, RULES)
        claims.append((certainty, bool(layers & set(hens))))
        named += [hens[0] in layers] if len(hens) == 1 else []
    assert sum(named) / len(named) >= 0.95
    assert len(named) / len(claims) >= 0.80
    error = calibration_error(claims)
    assert error is not None
    assert error <= 0.05


def egg(day: int, *hens: str, certainty: float = 1.0) -> Event:
    at = BEGAN + timedelta(days=day)
    kind = EventKind.EGG_LAID
    return Event(kind=kind, camera="cam", nest="left", at=at, told_at=at, hens=hens, certainty=certainty)


def test_an_egg_counts_as_named_where_one_hen_alone_is_and_whose_hen_nobody_knows_not_at_all() -> None:
    true = [*(egg(day, "psycho") for day in range(5)), egg(5), egg(6, "psycho")]
    told = [egg(0, "psycho"), egg(1, "psycho"), egg(2, "beauty"), egg(3, "beauty", "psycho"), egg(4), egg(5, "beauty")]
    found = attribution(told, true)
    assert (found.eggs, found.named, found.right) == (5, 3, 2)
    assert (found.coverage, found.precision) == (3 / 5, 2 / 3)
    assert found.calibration_error == pytest.approx(1 / 4)  # psycho was among the named for three of four


def test_claims_that_come_true_as_often_as_they_say_have_no_error() -> None:
    assert calibration_error([(0.75, True), (0.75, True), (0.75, True), (0.75, False)]) == 0
    assert calibration_error([(0.9, False)]) == pytest.approx(0.9)
    assert calibration_error([(0.2, True), (0.8, False)]) == pytest.approx(0.8)  # errors of two bins do not cancel out
    assert calibration_error([(1.0, False), (0.95, True)]) == pytest.approx(0.475)  # those of one bin do
    assert calibration_error([]) is None
