"""The filter alone: time and evidence."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_coop import RULES

from coopwatch.core import belief

seconds = st.floats(0, 1e6).map(lambda value: timedelta(seconds=value))
sharp = belief.take_evidence(belief.uninformed(RULES), {"egg": 1.0}, RULES)


def test_before_the_first_frame_labels_of_one_role_are_alike() -> None:
    rows = dict(zip(RULES.labels, map(math.fsum, belief.uninformed(RULES)), strict=True))
    assert math.fsum(rows.values()) == pytest.approx(1)
    assert rows["beauty"] == pytest.approx(rows["psycho"])
    assert rows["other"] < rows["egg"]


@given(seconds, seconds)
def test_two_waits_are_one_wait(first: timedelta, second: timedelta) -> None:
    twice = belief.pass_time(belief.pass_time(sharp, first, RULES), second, RULES)
    once = belief.pass_time(sharp, first + second, RULES)
    labels = [math.fsum(row) for row in twice]
    assert labels == pytest.approx([math.fsum(row) for row in once], abs=1e-6)
    assert math.fsum(row[0] for row in twice) == pytest.approx(math.fsum(row[0] for row in once), abs=1e-6)


def test_after_a_long_wait_nothing_is_known() -> None:
    rested = belief.pass_time(sharp, timedelta(days=2), RULES)
    for row, start in zip(rested, belief.uninformed(RULES), strict=True):
        assert row == pytest.approx(start, abs=2e-3)


def test_evidence_for_a_label_raises_it() -> None:
    index = RULES.labels.index("egg")
    assert math.fsum(sharp[index]) > 0.9


def test_a_frame_that_means_nothing_changes_nothing() -> None:
    flat = {label: 1 / len(RULES.labels) for label in RULES.labels}
    after = belief.take_evidence(sharp, flat, RULES)
    assert [share for row in after for share in row] == pytest.approx([share for row in sharp for share in row])


def test_what_glitches_explain_is_not_doubted_frame_by_frame() -> None:
    """Told wrongly in a fifth of the frames, all by glitches: what is visible is as good as sure."""
    wrong = 0.2
    rules = replace(RULES, glitch_share=wrong, doubt=0.0)
    seen = {label: 1 - wrong if label == "egg" else wrong / (len(rules.labels) - 1) for label in rules.labels}
    after = belief.take_evidence(belief.uninformed(rules), seen, rules)
    egg = rules.labels.index("egg")
    visible = math.fsum(row[0] for row in after[egg : egg + 1]) + math.fsum(row[egg + 1] for row in after)
    assert visible == pytest.approx(1)
