from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.simulator.nest_box import NESTS
from coopwatch.simulator.schedule import DayPlan, Stay, plan_day
from coopwatch.simulator.sun import sun_of

SEEDS = st.integers(1, 99)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def in_nest(plan: DayPlan, nest: str) -> list[Stay]:
    return [stay for stay in plan.stays if stay.nest == nest]


def overlapping(stays: list[Stay]) -> list[tuple[Stay, Stay]]:
    return [(a, b) for i, a in enumerate(stays) for b in stays[i + 1 :] if a.overlaps(b.began, b.ended)]


@given(SEEDS, DAYS)
def test_stays_in_one_nest_overlap_only_where_a_hen_joins_and_leaves_first(seed: int, day: date) -> None:
    plan = plan_day(seed, day)
    for nest in NESTS:
        for host, guest in overlapping(in_nest(plan, nest)):
            assert guest.joins
            assert not host.joins
            assert host.began < guest.began
            assert guest.ended < host.ended


@given(SEEDS, DAYS)
def test_a_hen_is_in_one_nest_at_a_time_also_over_midnight(seed: int, day: date) -> None:
    stays = [*plan_day(seed, day).stays, *plan_day(seed, day + timedelta(days=1)).stays]
    assert not [pair for pair in overlapping(stays) if pair[0].hen == pair[1].hen]


@given(SEEDS, DAYS)
def test_a_night_in_the_nest_ends_before_the_next_day_begins(seed: int, day: date) -> None:
    stays = [*plan_day(seed, day).stays, *plan_day(seed, day + timedelta(days=1)).stays]
    assert all(guest.joins for nest in NESTS for _, guest in overlapping([s for s in stays if s.nest == nest]))


@given(SEEDS, DAYS)
def test_a_hen_lays_once_a_day_at_most_and_only_after_a_long_stay(seed: int, day: date) -> None:
    laying = [stay for stay in plan_day(seed, day).stays if stay.lays]
    assert max(Counter(stay.hen for stay in laying).values(), default=0) <= 1
    assert all(timedelta(minutes=20) <= stay.ended - stay.began <= timedelta(minutes=60) for stay in laying)


@given(SEEDS, DAYS)
def test_an_egg_appears_when_its_hen_leaves_and_lies_there_until_collected(seed: int, day: date) -> None:
    plan = plan_day(seed, day)
    for stay in plan.stays:
        if stay.lays:
            before, after = (plan.layers(stay.nest, at) for at in (stay.ended - timedelta(seconds=1), stay.ended))
            assert after == (*before, stay.hen)


@given(SEEDS, DAYS)
def test_the_keeper_takes_all_eggs_of_a_nest_that_has_some_and_never_from_under_a_hen(seed: int, day: date) -> None:
    plan = plan_day(seed, day)
    for hand in plan.collections:
        assert plan.layers(hand.nest, hand.began)
        assert plan.layers(hand.nest, hand.ended) == ()
        assert not any(stay.overlaps(hand.began, hand.ended) for stay in in_nest(plan, hand.nest))


@given(SEEDS, DAYS)
def test_no_egg_lies_overnight(seed: int, day: date) -> None:
    plan = plan_day(seed, day)
    assert all(plan.layers(nest, datetime.combine(day, datetime.max.time(), UTC)) == () for nest in NESTS)


def test_a_day_is_lively_and_short_looks_are_rare() -> None:
    plans = [plan_day(seed, date(2026, 5, 1) + timedelta(days=seed)) for seed in range(1, 31)]
    stays = [stay for plan in plans for stay in plan.stays]
    assert 18 <= len(stays) / len(plans) <= 28
    assert sum(stay.ended - stay.began < timedelta(minutes=1) for stay in stays) / len(stays) < 0.08
    assert 0.5 < sum(stay.joins for stay in stays) / len(plans) < 2


def test_plans_differ_by_seed_and_by_day() -> None:
    day = date(2026, 5, 1)
    plans = [plan_day(1, day).stays, plan_day(2, day).stays, plan_day(1, day + timedelta(days=1)).stays]
    assert plans[0] != plans[1] != plans[2] != plans[0]
    assert plan_day(1, day).stays == plans[0]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 6, 21), 16.6), (date(2026, 12, 21), 8.0)])
def test_days_are_long_in_summer_and_short_in_winter(day: date, hours: float) -> None:
    sun = sun_of(day)
    assert (sun.set - sun.rise) / timedelta(hours=1) == pytest.approx(hours, abs=0.1)
    assert sun.height(sun.rise) == pytest.approx(0)
    assert sun.height(sun.rise - timedelta(hours=1)) < 0
