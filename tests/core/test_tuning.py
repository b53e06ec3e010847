"""Rules are learnt from days whose truth is known."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from small_coop import RULES, classified, shown

from coopwatch.core.tuning import ENTERS, LENGTHS, curve, learn_rules, lengthen, tell
from coopwatch.values import Classification

STAYS = [("empty", 10.0), ("red_twin", 20.0), ("egg", 10.0), ("other", 2.0), ("empty", 8.0)]


def frames(stays: list[tuple[str, float]]) -> list[Classification]:
    return [one for one in shown(*stays) if isinstance(one, Classification)]


def truth(seen: list[Classification]) -> dict[tuple[str, object], str]:
    return {("left", one.taken_at): max(one.probabilities, key=one.probabilities.__getitem__) for one in seen}


def test_how_long_labels_hold_is_learnt() -> None:
    seen = frames(STAYS)
    usual = timedelta(minutes=10)  # half of the stays are shorter
    assert learn_rules(seen, truth(seen), RULES).dwell == usual / math.log(2)


def test_a_long_night_does_not_rule_how_long_labels_hold() -> None:
    seen = frames([*STAYS, ("red_twin", 600.0)])
    assert learn_rules(seen, truth(seen), RULES).dwell < timedelta(minutes=20)


def test_a_name_held_wrongly_is_a_glitch_and_a_single_wrong_frame_is_none() -> None:
    right = frames(STAYS)
    seen = list(right)
    for place in range(150, 162):
        seen[place] = classified("beauty", right[place].taken_at)
    seen[200] = classified("psycho", right[200].taken_at)
    learnt = learn_rules(seen, truth(right), RULES)
    assert learnt.glitch == timedelta(seconds=12 * 5 - 7.5)
    assert learnt.glitch_share == pytest.approx(12 / len(seen))


def test_frames_whose_truth_nobody_wrote_down_are_no_wrong_names() -> None:
    seen = frames(STAYS)
    half = dict(list(truth(seen).items())[: len(seen) // 2])
    learnt = learn_rules(seen, half, RULES)
    assert learnt.glitch_share < RULES.glitch_share
    assert learnt.glitch == RULES.glitch
    assert learn_rules(seen, {}, RULES) == RULES


def test_a_classifier_without_glitches_is_trusted_sooner() -> None:
    seen = frames(STAYS)
    learnt = learn_rules(seen, truth(seen), RULES)
    assert learnt.glitch_share < RULES.glitch_share
    assert tell(seen, learnt)[0].told_at < tell(seen, RULES)[0].told_at


@pytest.mark.parametrize(
    ("minutes", "share"), [pytest.param(0.5, RULES.glitch_share, id="so short"), pytest.param(60, 30 / 7200, id="so")]
)
def test_a_time_without_glitches_teaches_as_much_as_it_is_long(minutes: float, share: float) -> None:
    seen = frames([("empty", minutes)])
    assert learn_rules(seen, truth(seen), RULES).glitch_share == pytest.approx(share)


def test_a_classifier_that_mostly_errs_is_believed_to_err_half_of_the_time() -> None:
    seen = frames([("empty", 20.0)])
    true = dict.fromkeys(truth(seen), "egg")
    assert learn_rules(seen, true, RULES).glitch_share == 0.5


def test_a_wrong_name_that_outlasts_the_mean_makes_all_glitches_longer_but_no_more() -> None:
    right = frames([*STAYS, ("red_twin", 60.0), ("empty", 10.0)])
    seen = list(right)
    held = [(660 + 40 * number, 3) for number in range(9)] + [(1100, 36)]  # nine of 15 s, and a pose of three minutes
    for first, count in held:
        for place in range(first, first + count):
            seen[place] = classified("beauty", right[place].taken_at)
    true = tell(right, RULES)
    learnt = learn_rules(seen, truth(right), RULES)
    assert any("beauty" in event.hens for event in tell(seen, learnt))
    longer = lengthen(seen, true, learnt)
    assert longer.glitch / learnt.glitch in LENGTHS[1:]
    assert longer.glitch_share / longer.glitch.total_seconds() == pytest.approx(
        learnt.glitch_share / learnt.glitch.total_seconds()
    )
    assert not any("beauty" in event.hens for event in tell(seen, longer))


def test_a_classifier_that_errs_half_of_the_time_is_believed_to_err_no_more_by_longer_glitches() -> None:
    seen = frames([("empty", 5.0)])
    assert lengthen(seen, tell(seen, RULES), replace(RULES, glitch_share=0.5)).glitch_share == 0.5


def test_where_the_mean_tells_all_that_is_true_it_stays() -> None:
    seen = frames(STAYS)
    learnt = learn_rules(seen, truth(seen), RULES)
    assert lengthen(seen, tell(seen, learnt), learnt) == learnt


def test_nothing_seen_teaches_nothing() -> None:
    assert learn_rules([], {}, RULES) == RULES


def test_a_higher_bar_tells_later() -> None:
    seen = frames(STAYS)
    points = curve(seen, tell(seen, RULES), RULES)
    delays = [point.score.overall.median_delay for point in points]
    assert [point.enter for point in points] == list(ENTERS)
    assert None not in delays
    assert delays == sorted(delays)  # type: ignore[type-var]  # none is None
