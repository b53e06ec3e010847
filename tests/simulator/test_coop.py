from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopwatch.core.attribution import attribution
from coopwatch.core.score import score
from coopwatch.simulator.coop import Coop
from coopwatch.simulator.hens import HENS, ROLES
from coopwatch.simulator.light import is_infra_red
from coopwatch.simulator.nest_box import NESTS
from coopwatch.simulator.schedule import plan_day
from coopwatch.values import EventKind, Role

DAY = date(2026, 5, 1)
MIDNIGHT = datetime(2026, 5, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 3 * 86_400_000).map(lambda thousandths: MIDNIGHT + timedelta(milliseconds=thousandths))


@settings(max_examples=12)
@given(st.lists(MOMENTS, min_size=2, max_size=5, unique=True), st.randoms())
def test_a_picture_depends_on_seed_and_moment_alone(moments: list[datetime], random) -> None:
    coop = Coop(seed=3)
    pictures = {moment: coop.frame(moment) for moment in moments}
    random.shuffle(moments)
    other = Coop(seed=3)
    assert all(np.array_equal(other.frame(moment), pictures[moment]) for moment in moments)


@pytest.mark.parametrize("hour", [1, 4, 9])
def test_a_picture_is_the_same_when_nothing_is_remembered(hour: int, forget_drawings) -> None:
    at = MIDNIGHT + timedelta(hours=hour)
    before = Coop(seed=3).frame(at)
    forget_drawings()
    assert np.array_equal(Coop(seed=3).frame(at), before)


def test_a_picture_is_rgb_and_no_two_moments_or_seeds_look_the_same() -> None:
    at = MIDNIGHT + timedelta(hours=10)
    pictures = [Coop(seed=3).frame(at), Coop(seed=4).frame(at), Coop(seed=3).frame(at + timedelta(seconds=1))]
    assert pictures[0].shape == (320, 640, 3)
    assert pictures[0].dtype == np.uint8
    assert not np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


@settings(max_examples=25)
@given(MOMENTS)
def test_only_infra_red_pictures_are_grey(at: datetime) -> None:
    picture = Coop(seed=3).frame(at).astype(int)
    chroma = np.ptp(picture, axis=2)
    assert (chroma.max() == 0) == is_infra_red(at)


@given(st.integers(1, 99), st.sampled_from(NESTS), MOMENTS)
def test_a_nest_is_named_by_what_can_be_seen(seed: int, nest: str, at: datetime) -> None:
    state = Coop(seed=seed).state(nest, at)
    assert state.label in ROLES
    match ROLES[state.label]:
        case Role.HEN:
            assert state.hens == (state.label,)
        case Role.EGG:
            assert state.eggs > 0
            assert state.hens == ()
        case Role.EMPTY:
            assert (state.eggs, state.hens) == (0, ())
        case Role.OTHER:
            assert len(state.hens) != 1


def test_two_hens_and_the_keepers_hand_are_called_other() -> None:
    plan = plan_day(7, DAY)
    coop = Coop(seed=7)
    guest = next(stay for stay in plan.stays if stay.joins)
    together = coop.state(guest.nest, guest.began)
    assert together.label == "other"
    assert guest.hen in together.hens
    assert len(together.hens) == 2
    hand = plan.collections[0]
    assert [coop.state(hand.nest, at).label for at in (hand.began, hand.ended)] == ["other", "empty"]
    assert coop.state(hand.nest, hand.began - timedelta(seconds=1)).label == "egg"


def test_a_hen_who_sleeps_in_a_nest_is_there_on_both_sides_of_midnight() -> None:
    stays = [stay for day in range(30) for stay in plan_day(7, DAY + timedelta(days=day)).stays]
    night = next(stay for stay in stays if stay.ended.date() > stay.began.date())
    midnight = datetime.combine(night.ended.date(), datetime.min.time(), UTC)
    coop = Coop(seed=7)
    assert coop.state(night.nest, midnight - timedelta(seconds=1)).label == night.hen
    assert coop.state(night.nest, midnight).label == night.hen


@settings(max_examples=20)
@given(st.integers(1, 99), MOMENTS, MOMENTS, MOMENTS)
def test_events_of_two_spans_are_the_events_of_both_together(seed: int, a: datetime, b: datetime, c: datetime) -> None:
    begin, middle, end = sorted((a, b, c))
    coop = Coop(seed=seed)
    whole = coop.events(begin, end)
    assert whole == coop.events(begin, middle) + coop.events(middle, end)
    assert all(begin <= event.at < end for event in whole)
    assert list(whole) == sorted(whole, key=lambda event: event.at)


def test_events_tell_the_visits_eggs_and_collections_of_the_plan() -> None:
    plan = plan_day(7, DAY)
    events = Coop(seed=7).events(MIDNIGHT, MIDNIGHT + timedelta(days=1))
    count = {kind: sum(event.kind == kind for event in events) for kind in EventKind}
    assert count[EventKind.HEN_NESTING] == sum(not stay.joins for stay in plan.stays)
    assert count[EventKind.UNKNOWN_VISITOR] == sum(stay.joins for stay in plan.stays)  # never alone, never named
    assert count[EventKind.EGG_LAID] == sum(stay.lays for stay in plan.stays)
    assert count[EventKind.EGGS_COLLECTED] == len(plan.collections)
    left = [event for event in events if event.kind is EventKind.HEN_LEFT]
    assert {(event.began, event.at) for event in left} >= {
        (stay.began, stay.ended) for stay in plan.stays if stay.ended.date() == DAY and not stay.joins
    }


def test_the_truth_scores_full_marks_against_itself() -> None:
    events = Coop(seed=7).events(MIDNIGHT, MIDNIGHT + timedelta(days=3))
    assert score(events, events).overall.f1 == 1
    eggs = attribution(events, events)
    assert eggs.right == eggs.named == eggs.eggs > 0


def test_every_hen_has_a_label_with_a_role() -> None:
    assert len(HENS) == 9
    assert {label for label, role in ROLES.items() if role is Role.HEN} == set(HENS)
