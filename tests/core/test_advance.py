"""What a keeper is told, played from classifications; each row is a day in small."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_coop import BEGAN, RULES, at, classified, play, shown, story

from coopwatch.core.memory import Memory
from coopwatch.values import EventKind, Role, Tick

NEST = Memory(camera="cam", nest="left")


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        pytest.param([("empty", 30)], [], id="an empty nest tells nothing"),
        pytest.param([("egg", 30)], [], id="an egg that was there before we looked tells nothing"),
        pytest.param(
            [("empty", 5), ("red_twin", 34), ("egg", 5)],
            ["hen_nesting red_twin", "hen_left red_twin", "egg_laid red_twin"],
            id="a visit with an egg",
        ),
        pytest.param(
            [("empty", 5), ("red_twin", 34), ("empty", 5)],
            ["hen_nesting red_twin", "hen_left red_twin"],
            id="a visit without an egg",
        ),
        pytest.param(
            [("empty", 5), ("red_twin", 10), ("beauty", 0.5), ("red_twin", 10), ("empty", 5)],
            ["hen_nesting red_twin", "hen_left red_twin"],
            id="a wrong name for half a minute tells nothing",
        ),
        pytest.param(
            [("empty", 5), ("red_twin", 34), ("beauty", 20), ("empty", 5)],
            ["hen_nesting red_twin", "hen_left red_twin", "hen_nesting beauty", "hen_left beauty"],
            id="two hens without a gap are two visits",
        ),
        pytest.param(
            [("empty", 5), ("red_twin", 15), ("other", 4), ("red_twin", 15), ("egg", 5)],
            ["hen_nesting red_twin", "hen_left red_twin", "egg_laid red_twin"],
            id="a hen who was joined for a while made one visit",
        ),
        pytest.param(
            [("empty", 5), ("red_twin", 15), ("empty", 0.5), ("red_twin", 15), ("empty", 5)],
            ["hen_nesting red_twin", "hen_left red_twin"],
            id="a hen who shuffles makes one visit",
        ),
        pytest.param(
            [("egg", 5), ("red_twin", 15), ("empty", 3.5), ("red_twin", 15), ("egg", 5)],
            ["hen_nesting red_twin", "hen_left red_twin", "egg_laid red_twin"],
            id="a hen who hides behind the rim makes one visit and loses no egg",
        ),
        pytest.param(
            [("egg", 5), ("red_twin", 15), ("egg", 2), ("red_twin", 15), ("egg", 5)],
            ["hen_nesting red_twin", "hen_left red_twin", "egg_laid red_twin"],
            id="a hen who hides beside eggs that lay there makes one visit",
        ),
        pytest.param(
            [("egg", 5), ("psycho", 5), ("egg", 2), ("empty", 6)],
            ["hen_nesting psycho", "hen_left psycho", "eggs_collected"],
            id="eggs that were there when she had left were not lost to her",
        ),
        pytest.param(
            [("egg", 5), ("psycho", 40), ("egg", 2), ("beauty", 5), ("egg", 5)],
            [
                *("hen_nesting psycho", "hen_left psycho", "egg_laid psycho"),
                *("hen_nesting beauty", "hen_left beauty"),
            ],
            id="eggs seen between two hens count, though the first one might have hidden",
        ),
        pytest.param(
            [("empty", 5), ("red_twin", 15), ("empty", 2), ("egg", 5)],
            ["hen_nesting red_twin", "hen_left red_twin", "egg_laid red_twin"],
            id="an egg that is seen late is of her who sat there",
        ),
        pytest.param(
            [("empty", 5), ("red_twin", 25), ("empty", 3), ("beauty", 25), ("egg", 5)],
            ["hen_nesting red_twin", "hen_left red_twin", "hen_nesting beauty", "hen_left beauty", "egg_laid beauty"],
            id="a nest that looked empty between two hens was empty",
        ),
        pytest.param(
            [("egg", 5), ("psycho", 30), ("empty", 2), ("other", 3), ("empty", 5)],
            ["hen_nesting psycho", "hen_left psycho", "unknown_visitor", "eggs_collected"],
            id="a hen does not hide below a stranger, but her egg may have been there until he came",
        ),
        pytest.param(
            [("egg", 5), ("psycho", 30), ("empty", 3), ("beauty", 5), ("egg", 5)],
            [
                *("hen_nesting psycho", "hen_left psycho", "hen_nesting beauty", "hen_left beauty"),
                "egg_laid psycho",
            ],
            id="an egg that another hen sits down on soon was not lost",
        ),
        pytest.param(
            [("egg", 5), ("psycho", 30), ("empty", 3), ("beauty", 5), ("empty", 5)],
            [
                *("hen_nesting psycho", "hen_left psycho", "hen_nesting beauty", "hen_left beauty"),
                "egg_lost psycho beauty",
            ],
            id="an egg that is gone after the next hen may be lost to either",
        ),
        pytest.param(
            [("egg", 5), ("psycho", 30), ("empty", 3), ("", 60)],
            ["hen_nesting psycho", "hen_left psycho", "egg_lost psycho"],
            id="a nest that looked empty when it was seen last was empty",
        ),
        pytest.param(
            [("red_twin", 15), ("other", 4), ("beauty", 15), ("empty", 5)],
            ["hen_nesting red_twin", "hen_left red_twin", "hen_nesting beauty", "hen_left beauty"],
            id="two at once are no third",
        ),
        pytest.param(
            [("empty", 5), ("other", 3), ("red_twin", 15), ("empty", 5)],
            ["unknown_visitor", "hen_nesting red_twin", "hen_left red_twin"],
            id="a hand before a hen is told",
        ),
        pytest.param(
            [("empty", 5), ("other", 3), ("psycho", 1), ("other", 3), ("empty", 5)],
            ["unknown_visitor"],
            id="a stranger who was taken for a hen for a moment is one stranger",
        ),
        pytest.param(
            [("empty", 5), ("red_twin", 24), ("beauty", 25), ("egg", 5)],
            [
                "hen_nesting red_twin",
                "hen_left red_twin",
                "hen_nesting beauty",
                "hen_left beauty",
                "egg_laid beauty red_twin",
            ],
            id="an egg after two hens who sat equally long names both",
        ),
        pytest.param(
            [("empty", 5), ("red_twin", 8), ("beauty", 25), ("egg", 5)],
            ["hen_nesting red_twin", "hen_left red_twin", "hen_nesting beauty", "hen_left beauty", "egg_laid beauty"],
            id="an egg after two hens names her who alone sat long",
        ),
        pytest.param(
            [("empty", 5), ("beauty", 30), ("egg", 5), ("other", 3), ("empty", 5)],
            ["hen_nesting beauty", "hen_left beauty", "egg_laid beauty", "unknown_visitor", "eggs_collected"],
            id="a stranger who stays at the eggs is told, though they are gone afterwards",
        ),
        pytest.param(
            [("empty", 5), ("red_twin", 12), ("beauty", 16), ("red_twin", 12), ("egg", 5)],
            [
                *("hen_nesting red_twin", "hen_left red_twin", "hen_nesting beauty", "hen_left beauty"),
                *("hen_nesting red_twin", "hen_left red_twin", "egg_laid red_twin"),
            ],
            id="an egg after two hens names her who sat longer in all",
        ),
        pytest.param([("egg", 5), ("empty", 5)], ["eggs_collected"], id="collected between two looks"),
        pytest.param(
            [("egg", 5), ("psycho", 30), ("empty", 5)],
            ["hen_nesting psycho", "hen_left psycho", "egg_lost psycho"],
            id="an egg gone across a hen's visit is lost",
        ),
        pytest.param(
            [("egg", 5), ("psycho", 40), ("egg", 5)],
            ["hen_nesting psycho", "hen_left psycho", "egg_laid psycho"],
            id="a long visit over an egg is perhaps another egg",
        ),
        pytest.param(
            [("egg", 5), ("psycho", 5), ("egg", 5)],
            ["hen_nesting psycho", "hen_left psycho"],
            id="a short visit over an egg is no other egg",
        ),
        pytest.param([("empty", 5), ("", 60), ("egg", 5)], ["egg_laid"], id="an egg while nobody looked has no hen"),
    ],
)
def test_a_day_is_told_as_it_was(stays: list[tuple[str, float]], expected: list[str]) -> None:
    _, told = play(shown(*stays))
    assert story(told) == expected


def test_one_flicker_tells_nothing() -> None:
    seen = shown(("empty", 10))
    seen[60] = classified("red_twin", at(5))
    assert play(seen)[1] == []


def test_a_visit_is_dated_when_it_began_and_ended_not_when_we_were_sure() -> None:
    _, told = play(shown(("empty", 5), ("red_twin", 34), ("egg", 5)))
    nesting, left, laid = told
    assert abs(nesting.at - at(5)) <= timedelta(seconds=5) < nesting.told_at - nesting.at
    assert abs(left.at - at(39)) <= timedelta(seconds=5)
    assert left.duration == left.at - nesting.at
    assert laid.at == left.at
    assert left.certainty == nesting.certainty


@pytest.mark.parametrize(
    "stays",
    [
        pytest.param([("empty", 10)], id="an empty nest"),
        pytest.param([("empty", 1.5), ("beauty", 0.5), ("empty", 5)], id="with a wrong name in between"),
        pytest.param([("other", 3), ("empty", 5)], id="after a stranger"),
    ],
)
def test_a_hen_who_left_an_empty_nest_is_told_when_she_would_have_come_back_from_hiding(
    stays: list[tuple[str, float]],
) -> None:
    _, told = play(shown(("egg", 5), ("red_twin", 15), *stays))
    left, gone = told[1:]
    assert [gone.kind, left.kind] == ["eggs_collected" if stays[0][0] == "other" else "egg_lost", "hen_left"]
    assert abs(left.at - at(20)) <= timedelta(seconds=5)
    assert abs(left.told_at - left.at - RULES.hiding) <= timedelta(seconds=5)
    assert abs(gone.at - at(23 if stays[0][0] == "other" else 20)) <= timedelta(seconds=5)
    assert gone.certainty >= RULES.enter


def test_a_first_egg_is_told_at_once() -> None:
    _, told = play(shown(("empty", 5), ("red_twin", 34), ("egg", 5)))
    assert all(event.told_at - event.at < RULES.hiding / 2 for event in told)


def test_an_egg_is_dated_to_when_its_hen_left_also_where_another_one_hid_it() -> None:
    _, told = play(shown(("empty", 5), ("beauty", 40), ("red_twin", 8), ("egg", 5)))
    laid = told[-1]
    assert (laid.kind, laid.hens) == ("egg_laid", ("beauty",))
    assert abs(laid.at - at(45)) <= timedelta(seconds=5)


def test_a_hen_likely_seen_again_has_not_left_though_nothing_is_sure_for_long() -> None:
    rules = replace(RULES, enter=0.995, glitch_share=0.2)  # with two wrong names, each held for two minutes
    stays = [("empty", 5), ("red_twin", 10), ("empty", 1.8), ("red_twin", 1.5), ("beauty", 2.2), ("red_twin", 10)]
    assert story(play(shown(*stays), rules=rules)[1]) == ["hen_nesting red_twin"]


SHARP = replace(RULES, glitch_share=0.003)  # a hand of a minute is believed at all


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        pytest.param([("other", 1), ("empty", 5)], ["eggs_collected"], id="a hand that collects is no alarm"),
        pytest.param([("other", 1), ("egg", 5)], ["unknown_visitor"], id="who takes no egg is one"),
        pytest.param([("other", 1), ("", 60)], ["unknown_visitor"], id="who was there before nobody looked is one"),
        pytest.param([("other", 1), ("psycho", 5)], ["unknown_visitor", "hen_nesting psycho"], id="before a hen, too"),
        pytest.param([("other", 3)], ["unknown_visitor"], id="who stays is one, while he is there"),
    ],
)
def test_a_stranger_at_the_eggs_is_told_unless_the_eggs_are_collected(
    stays: list[tuple[str, float]], expected: list[str]
) -> None:
    _, told = play(shown(("egg", 5), *stays), rules=SHARP)
    assert story(told) == expected
    assert abs(told[0].at - at(5 if expected[0] == "unknown_visitor" else 6)) <= timedelta(seconds=5)
    if stays == [("other", 3)]:
        assert timedelta(0) <= told[0].told_at - told[0].at - SHARP.collecting <= timedelta(seconds=5)


def test_a_hen_lost_from_sight_left_when_she_was_last_seen() -> None:
    _, told = play(shown(("red_twin", 10), ("", 180)))
    assert story(told) == ["hen_nesting red_twin", "hen_left red_twin"]
    assert abs(told[1].at - at(10)) <= timedelta(seconds=5)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param("beauty", ["hen_nesting red_twin", "hen_left red_twin", "hen_nesting beauty"], id="another hen"),
        pytest.param("empty", ["hen_nesting red_twin", "hen_left red_twin"], id="nobody"),
        pytest.param("red_twin", ["hen_nesting red_twin"], id="the same hen"),
    ],
)
def test_a_hen_who_sat_when_coopwatch_was_stopped_left_when_she_was_last_seen_unless_she_still_sits(
    after: str, expected: list[str]
) -> None:
    """Pictures of March and of October in one folder told that she left after 210 days."""
    seen = [*shown(("red_twin", 10)), *shown((after, 10), begin=600)]
    _, told = play(seen)
    assert story(told) == expected
    for left in told[1:2]:
        assert abs(left.at - at(10)) <= timedelta(seconds=5)
    for nesting in told[2:]:
        assert nesting.at == at(600)


@pytest.mark.parametrize("before", ["empty", "red_twin"])
def test_a_hen_who_is_seen_after_a_camera_was_lost_for_hours_came_when_she_was_seen(before: str) -> None:
    """In a coop of few hens each was worth a thought meanwhile: so she had sat for ten hours, and was called broody."""
    minutes = [Tick(at=at(10 + minute)) for minute in range(590)]
    _, told = play([*shown((before, 10)), *minutes, *shown(("red_twin", 10), begin=600)])
    assert (told[-1].kind, told[-1].at) == (EventKind.HEN_NESTING, at(600))


@pytest.mark.parametrize("lost", [[], [("", 580.0)]])
def test_eggs_gone_while_nobody_looked_for_hours_are_no_loss_to_a_hen(lost: list[tuple[str, float]]) -> None:
    _, told = play([*shown(("egg", 5), ("red_twin", 10), *lost), *shown(("empty", 5), begin=600)])
    assert story(told) == ["hen_nesting red_twin", "hen_left red_twin", "eggs_collected"]


def test_hens_who_sat_together_came_and_left_when_they_did() -> None:
    _, told = play(shown(("red_twin", 15), ("other", 4), ("beauty", 15), ("empty", 5)))
    left, nesting = told[1], told[2]
    assert abs(nesting.at - at(15)) <= timedelta(seconds=5)
    assert abs(left.at - at(19)) <= timedelta(seconds=5)


@pytest.mark.parametrize(
    ("between", "left", "came"),
    [
        pytest.param(("other", 1), 15, 16, id="a hand that changes hens"),
        pytest.param(("empty", 3), 15, 18, id="an empty nest"),
    ],
)
def test_hens_who_did_not_sit_together_came_and_left_when_they_did(
    between: tuple[str, float], left: float, came: float
) -> None:
    _, told = play(shown(("red_twin", 15), between, ("beauty", 15)), rules=SHARP)
    dates = {event.kind: event.at for event in told if event.hens != ("red_twin",) or event.kind == "hen_left"}
    assert abs(dates[EventKind.HEN_LEFT] - at(left)) <= timedelta(seconds=5)
    assert abs(dates[EventKind.HEN_NESTING] - at(came)) <= timedelta(seconds=5)


def test_who_was_with_a_hen_that_sat_on_is_not_who_comes_after_her() -> None:
    _, told = play(shown(("red_twin", 15), ("other", 4), ("red_twin", 15), ("beauty", 15)))
    assert story(told) == ["hen_nesting red_twin", "hen_left red_twin", "hen_nesting beauty"]
    assert all(abs(event.at - at(34)) <= timedelta(seconds=5) for event in told[1:])


def test_half_hour_steps_need_one_sure_frame_each() -> None:
    rules = replace(RULES, glitch_share=0.01, doubt=0.005)
    seen = [classified(label, at(30 * step), sure=0.99) for step, label in enumerate(["empty", "beauty", "egg"])]
    assert story(play(seen, rules=rules)[1]) == ["hen_nesting beauty", "hen_left beauty", "egg_laid beauty"]


@pytest.mark.parametrize("minutes", [0.0, -1.0])
def test_evidence_that_is_not_newer_changes_nothing(minutes: float) -> None:
    memory, _ = play([classified("empty", BEGAN)])
    assert play([classified("egg", at(minutes))], memory) == (memory, [])


def test_other_labels_begin_the_belief_anew_and_keep_what_was_seen() -> None:
    memory, _ = play(shown(("egg", 5)))
    rules = replace(RULES, roles={label: role for label, role in RULES.roles.items() if label != "psycho"})
    memory, told = play([classified("empty", at(5), sure=0.6)], memory, rules)
    assert (told, memory.contents, memory.labels) == ([], Role.EGG, rules.labels)


def test_a_hen_whom_another_model_does_not_know_has_left_when_it_is_sure_of_something_else() -> None:
    """Her label was looked up among the new model's, which ended the daemon, at each new start again."""
    memory, _ = play(shown(("psycho", 10)))
    rules = replace(RULES, roles={label: role for label, role in RULES.roles.items() if label != "psycho"})
    memory, told = play([classified("beauty", at(10), sure=0.5), *shown(("beauty", 5), begin=10.1)], memory, rules)
    assert story(told) == ["hen_left psycho", "hen_nesting beauty"]
    assert abs(told[0].at - at(10)) <= timedelta(seconds=10)


few = settings(max_examples=25)
stays = st.lists(st.tuples(st.sampled_from([*sorted(RULES.roles), ""]), st.floats(0.1, 20)), min_size=1, max_size=6)


@few
@given(stays, st.sampled_from([1.0, 5.0, 30.0]))
def test_belief_stays_a_distribution(stays: list[tuple[str, float]], every: float) -> None:
    memory, _ = play([*shown(*stays, every=every), Tick(at=at(200))])
    assert memory.belief is not None
    assert sum(memory.belief.probabilities.values()) == pytest.approx(1)
    assert all(0 <= share <= 1 for row in memory.joint for share in row)


@few
@given(stays, st.data())
def test_stopping_anywhere_and_going_on_from_the_memory_tells_the_same(
    stays: list[tuple[str, float]], data: st.DataObject
) -> None:
    seen = shown(*stays)
    cut = data.draw(st.integers(0, len(seen)))
    memory, first = play(seen[:cut])
    assert first + play(seen[cut:], memory)[1] == play(seen)[1]


@few
@given(stays)
def test_a_hen_comes_before_she_leaves_and_leaves_before_she_comes_again(stays: list[tuple[str, float]]) -> None:
    _, told = play(shown(*stays))
    for hen in RULES.labels:
        visits = [event for event in told if event.kind in ("hen_nesting", "hen_left") and event.hens == (hen,)]
        assert [event.kind for event in visits] == (["hen_nesting", "hen_left"] * len(visits))[: len(visits)]
        assert [event.at for event in visits] == sorted(event.at for event in visits)


@few
@given(st.floats(0.6, 0.95), st.sampled_from([1.0, 5.0, 20.0]))
def test_the_frame_rate_does_not_change_the_story(sure: float, every: float) -> None:
    stays = [("empty", 5.0), ("red_twin", 30.0), ("egg", 10.0)]
    _, told = play([classified(*pair, sure=sure) for pair in _labels(stays, every)])
    assert story(told) == ["hen_nesting red_twin", "hen_left red_twin", "egg_laid red_twin"]


def _labels(stays: list[tuple[str, float]], every: float) -> list[tuple[str, object]]:
    names = []
    seconds = 0.0
    for label, minutes in stays:
        names += [(label, at((seconds + step * every) / 60)) for step in range(round(minutes * 60 / every))]
        seconds += minutes * 60
    return names
