from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.errors import DatasetError
from coopwatch.workbench.pictures.dataset import Picture
from coopwatch.workbench.pictures.record import Part
from coopwatch.workbench.pictures.split import Split, SplitRule, split_pictures

FIRST = datetime(2026, 5, 1, 6, tzinfo=UTC)


def picture(number: int, label: str, at: datetime | None, part: Part | None = None) -> Picture:
    return Picture(
        path=Path(f"{label}/{number}.jpg"),
        label=label,
        sha256=f"{number:064}",
        taken_at=at,
        day=None if at is None else at.date(),
        part=part,
    )


def pictures(
    days: int, labels: str = "ab", per_day: int = 4, apart: timedelta = timedelta(minutes=30)
) -> list[Picture]:
    return [
        picture(day * per_day + number, label, FIRST + timedelta(days=day) + number * apart)
        for label in labels
        for day in range(days)
        for number in range(per_day)
    ]


def days(part: tuple[Picture, ...]) -> set[date | None]:
    return {picture.day for picture in part}


def paths(split: Split) -> list[Path]:
    return [picture.path for part in (split.train, split.validation, split.test) for picture in part]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.integers(0, 20)), min_size=12, max_size=80),
    st.sampled_from(["day", "visit", "random", None]),
    st.integers(0, 5),
)
def test_every_picture_is_in_one_part_and_every_label_can_be_learnt(
    rows: list[tuple[str, int, int]], method: str | None, seed: int
) -> None:
    drawn = [
        picture(number, label, FIRST + timedelta(days=day, minutes=30 * slot))
        for number, (label, day, slot) in enumerate(rows)
    ]
    rule = SplitRule(method=method, seed=seed)
    try:
        split = split_pictures(drawn, rule)
    except DatasetError:
        return  # nothing could be spared for a test without losing a label, and it was said
    assert sorted(paths(split)) == sorted(picture.path for picture in drawn)
    assert {picture.label for picture in split.train} == {label for label, _, _ in rows}
    assert split == split_pictures(drawn, rule)


def test_by_day_no_day_is_on_two_sides() -> None:
    split = split_pictures(pictures(days=10), SplitRule())
    assert split.method == "day"
    assert len(days(split.test)) == 2
    assert not days(split.test) & (days(split.train) | days(split.validation))
    assert not days(split.validation) & days(split.train)


def test_pictures_of_one_visit_stay_together() -> None:
    visits = pictures(days=5, per_day=6)
    split = split_pictures(visits, SplitRule(method="visit"))
    for label in "ab":
        for part in (split.train, split.validation, split.test):
            whole = Counter(picture.day for picture in part if picture.label == label)
            assert set(whole.values()) <= {6}


def test_a_long_pause_begins_another_visit() -> None:
    visits = pictures(days=1, per_day=10, apart=timedelta(hours=2))
    assert len(split_pictures(visits, SplitRule(method="visit")).test) == 4  # two single pictures of each label


def test_later_days_are_the_test_where_a_last_day_is_given() -> None:
    split = split_pictures(pictures(days=5), SplitRule(train_until=date(2026, 5, 3)))
    assert days(split.test) == {date(2026, 5, 4), date(2026, 5, 5)}
    assert len(days(split.train)) == 2
    assert len(days(split.validation)) == 1


def test_one_training_day_is_tuned_on_its_visits() -> None:
    drawn = pictures(days=2, per_day=10, apart=timedelta(hours=2))
    split = split_pictures(drawn, SplitRule(train_until=date(2026, 5, 1)))
    assert days(split.validation) == {date(2026, 5, 1)}
    assert "validation pictures were taken from the training part by visit" in split.notes


def test_a_label_of_one_day_stays_to_be_learnt() -> None:
    drawn = [*pictures(days=6), *(picture(100 + n, "newcomer", FIRST + timedelta(minutes=n)) for n in range(3))]
    for seed in range(8):
        split = split_pictures(drawn, SplitRule(seed=seed))
        assert sum(picture.label == "newcomer" for picture in split.train) == 3


def test_without_times_the_split_is_at_random_and_says_so() -> None:
    drawn = [picture(number, label, None) for label in "ab" for number in range(10)]
    split = split_pictures(drawn, SplitRule())
    assert split.method == "random"
    assert "times of 20 of 20 pictures are unknown" in split.notes[0]
    assert Counter(picture.label for picture in split.test) == {"a": 2, "b": 2}


def test_a_random_split_of_pictures_with_times_is_said_to_flatter() -> None:
    assert "flatter" in split_pictures(pictures(days=5), SplitRule(method="random")).notes[0]


@pytest.mark.parametrize(
    ("days_known", "per_day", "apart", "method"),
    [
        (2, 4, timedelta(hours=2), "visit"),  # two days of one size: half of all is too much to hold back
        (1, 5, timedelta(minutes=1), "random"),  # one visit a label
    ],
)
def test_few_days_are_divided_by_less_and_it_is_said(
    days_known: int, per_day: int, apart: timedelta, method: str
) -> None:
    split = split_pictures(pictures(days_known, per_day=per_day, apart=apart), SplitRule())
    assert split.method == method
    assert split.test
    assert "too few pictures to test on" in split.notes[0]


def test_given_parts_are_kept() -> None:
    drawn = [picture(n, "ab"[n % 2], None, part="test" if n < 4 else "train") for n in range(24)]
    split = split_pictures(drawn, SplitRule())
    assert split.method == "folders"
    assert sorted(picture.path for picture in split.test) == sorted(picture.path for picture in drawn[:4])
    assert split.validation


@pytest.mark.parametrize("rule", [SplitRule(method="day"), SplitRule(train_until=date(2026, 5, 1))])
def test_a_rule_that_needs_times_names_a_picture_without(rule: SplitRule) -> None:
    with pytest.raises(DatasetError, match=r"x/7\.jpg: received a picture of unknown time \(1 of 9\)"):
        split_pictures([*pictures(days=1), picture(7, "x", None)], rule)


def test_a_last_day_that_leaves_no_test_is_refused() -> None:
    with pytest.raises(DatasetError, match="leave none to test"):
        split_pictures(pictures(days=2), SplitRule(train_until=date(2026, 6, 1)))


def test_too_few_pictures_to_divide_have_a_remedy_that_helps() -> None:
    with pytest.raises(DatasetError, match=r"leave none to test, expected some; take more$"):
        split_pictures([picture(1, "a", None), picture(2, "b", None)], SplitRule())
    with pytest.raises(DatasetError, match="received no picture that decodes"):
        split_pictures([], SplitRule())


def test_test_pictures_that_are_learnt_from_too_are_counted_in_a_note() -> None:
    # `train photos --test photos` told figures of pictures that it knew by heart, without a word.
    learnt = [picture(number, "ab"[number % 2], None, "train") for number in range(10)]
    seen = [replace(one, part="test") for one in learnt[:3]]
    unseen = picture(10, "a", None, "test")
    notes = split_pictures([*learnt, *seen, unseen], SplitRule()).notes
    assert any(note.startswith("3 of 4 test pictures are learnt from too") for note in notes)
    assert not split_pictures([*learnt, unseen], SplitRule()).notes[1:]


def test_what_a_model_labelled_is_only_learnt_from() -> None:
    human = pictures(days=10)
    sure = [replace(one, origin="pseudo", sha256=f"{number:x}".zfill(64)) for number, one in enumerate(human, 10**6)]
    again = [replace(one, origin="pseudo") for one in human]  # labelled by people too: they know better
    split = split_pictures([*sure, *again, *human], SplitRule())
    assert split.train[-len(sure) :] == tuple(sure)
    assert not set(again) & {*split.train, *split.validation, *split.test}
    assert replace(split, train=split.train[: -len(sure)]) == split_pictures(human, SplitRule())


def test_pictures_of_no_part_beside_a_test_part_are_learnt_from() -> None:
    loose = [picture(number, "a", None) for number in range(10)]
    split = split_pictures([*loose, picture(10, "a", None, "test")], SplitRule())
    assert sorted((*split.train, *split.validation), key=str) == sorted(loose, key=str)


def test_shares_can_be_chosen() -> None:
    timeless = [picture(number, label, None) for label in "ab" for number in range(100)]
    split = split_pictures(timeless, SplitRule(test_share=0.25, validation_share=0.1))
    assert (len(split.test), len(split.validation), len(split.train)) == (50, 16, 134)
