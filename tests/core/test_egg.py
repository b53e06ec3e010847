"""What two clear views into a nest and who sat between them tell of its eggs."""

from datetime import timedelta

import pytest
from small_coop import RULES, at, story

from coopwatch.core.egg import SOMEBODY, attribute, view
from coopwatch.core.memory import Memory, Stay
from coopwatch.values import Event, EventKind, Role

LAYING = RULES.laying / timedelta(minutes=1)  # minutes; the odds of an egg are even


def stays(**minutes: float) -> tuple[Stay, ...]:
    """Who sat how long, the last one until noon of the test; `hand` is somebody."""
    return tuple(
        Stay(who=SOMEBODY if who == "hand" else who, lasted=timedelta(minutes=lasted), ended=at(30 * number))
        for number, (who, lasted) in enumerate(minutes.items(), start=1)
    )


def seen(before: Role | None, now: Role, sat: tuple[Stay, ...], *, certainty: float = 0.95) -> tuple[Event, ...]:
    memory = Memory(camera="cam", nest="left", at=at(120), contents=before, sat=sat)
    memory, told = view(memory, now, at(100), certainty, RULES)
    assert (memory.contents, memory.sat) == (now, ())
    return told


@pytest.mark.parametrize(
    ("sat", "hens", "share"),
    [
        pytest.param(stays(), (), 0.0, id="nobody"),
        pytest.param(stays(beauty=1), ("beauty",), 1.0, id="she who alone was there, however short"),
        pytest.param(stays(beauty=LAYING, psycho=LAYING), ("beauty", "psycho"), 1.0, id="two alike"),
        pytest.param(stays(beauty=LAYING, psycho=LAYING + 3.5), ("psycho", "beauty"), 1.0, id="two nearly alike"),
        pytest.param(stays(beauty=LAYING, psycho=LAYING + 4.5), ("psycho",), 0.8, id="four fifths of the odds"),
        pytest.param(stays(hand=LAYING, beauty=LAYING), ("beauty",), 0.5, id="a hen beside somebody unknown"),
        pytest.param(stays(hand=LAYING), (), 0.0, id="somebody unknown alone"),
    ],
)
def test_the_fewest_hens_that_hold_four_fifths_of_the_odds_are_named(
    sat: tuple[Stay, ...], hens: tuple[str, ...], share: float
) -> None:
    assert attribute(sat, RULES) == (hens, pytest.approx(share, abs=0.01))


@pytest.mark.parametrize(
    ("before", "now", "sat", "told"),
    [
        pytest.param(None, Role.EGG, stays(), [], id="an egg at the first look"),
        pytest.param(Role.EMPTY, Role.EMPTY, stays(beauty=30), [], id="still empty"),
        pytest.param(Role.EMPTY, Role.EGG, stays(), ["egg_laid"], id="laid while nobody looked"),
        pytest.param(Role.EMPTY, Role.EGG, stays(beauty=1), ["egg_laid beauty"], id="laid in no time"),
        pytest.param(None, Role.EGG, stays(beauty=LAYING + 2), ["egg_laid beauty"], id="perhaps laid"),
        pytest.param(Role.EGG, Role.EGG, stays(beauty=LAYING + 2), ["egg_laid beauty"], id="perhaps another"),
        pytest.param(Role.EGG, Role.EGG, stays(beauty=LAYING), [], id="less likely than not another"),
        pytest.param(
            Role.EGG, Role.EGG, stays(beauty=LAYING, psycho=LAYING), ["egg_laid beauty psycho"], id="of two together"
        ),
        pytest.param(Role.EGG, Role.EGG, stays(hand=LAYING, beauty=LAYING + 2), [], id="perhaps put there by a hand"),
        pytest.param(Role.EGG, Role.EGG, stays(hand=60), [], id="a hand lays none"),
        pytest.param(Role.EGG, Role.EMPTY, stays(), ["eggs_collected"], id="taken while nobody looked"),
        pytest.param(Role.EGG, Role.EMPTY, stays(hand=1), ["eggs_collected"], id="taken by a hand"),
        pytest.param(Role.EGG, Role.EMPTY, stays(beauty=30, hand=1), ["eggs_collected"], id="taken after a hen"),
        pytest.param(Role.EGG, Role.EMPTY, stays(beauty=30, psycho=5), ["egg_lost beauty psycho"], id="lost"),
    ],
)
def test_two_views_and_who_sat_between_them_decide(
    before: Role | None, now: Role, sat: tuple[Stay, ...], told: list[str]
) -> None:
    assert story(seen(before, now, sat)) == told


def test_an_egg_is_as_certain_as_the_view_and_as_that_one_of_the_named_laid_it() -> None:
    (laid,) = seen(Role.EMPTY, Role.EGG, stays(hand=LAYING, beauty=LAYING), certainty=0.9)
    assert laid.certainty == pytest.approx(0.45)
    (by_nobody,) = seen(Role.EMPTY, Role.EGG, stays(), certainty=0.9)
    assert by_nobody.certainty == pytest.approx(0.9)


def test_an_egg_is_dated_to_when_the_last_of_the_named_left() -> None:
    (laid,) = seen(Role.EMPTY, Role.EGG, stays(beauty=LAYING, psycho=LAYING, red_twin=1))
    assert (laid.kind, laid.hens, laid.at) == (EventKind.EGG_LAID, ("beauty", "psycho"), at(60))
    (by_nobody,) = seen(Role.EMPTY, Role.EGG, stays())
    assert by_nobody.at == at(100)
