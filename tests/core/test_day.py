"""Rules of a day in words."""

from datetime import UTC, datetime, timedelta

from coopwatch.core.day import day_in_short, day_in_turn
from coopwatch.core.voice import Voice
from coopwatch.values import Event, EventKind

NOON = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
VOICE = Voice(names={"red_twin": "Red Twin", "psycho": "Psycho"}, zone=UTC)


def event(kind: EventKind, ago: timedelta, *hens: str, **more: object) -> Event:
    at = NOON - ago
    return Event(kind=kind, camera="cam", nest="left", at=at, told_at=at, hens=hens, **more)


VISIT = (
    event(EventKind.HEN_NESTING, timedelta(hours=3), "red_twin"),
    event(EventKind.HEN_LEFT, timedelta(hours=2), "red_twin", began=NOON - timedelta(hours=3)),
    event(EventKind.EGG_LAID, timedelta(hours=2), "red_twin"),
)
OLD_EGG = event(EventKind.EGG_LAID, timedelta(days=4), "psycho")


def test_a_day_in_turn_tells_a_visit_once_and_whoever_sits_still() -> None:
    sits = event(EventKind.HEN_NESTING, timedelta(minutes=5), "psycho", certainty=0.9)
    assert day_in_turn([*VISIT, sits], NOON.date(), VOICE).splitlines() == [
        "21 June: 1 egg (Red Twin)",
        "10:00  Red Twin left after 1 h in the left nest",
        "10:00  Egg laid by Red Twin in the left nest (100 %)",
        "11:55  Psycho is nesting in the left nest (90 %)",
    ]


def test_a_day_in_short_stands_beside_the_week_before() -> None:
    told = day_in_short([OLD_EGG, *VISIT], NOON.date(), ("psycho", "red_twin"), VOICE, now=NOON)
    assert told.splitlines() == [
        "21 June: 1 egg (Red Twin)",
        "In the week before: 0.1 eggs a day.",
        "1 visit to the nests, 1 h together.",
        "No egg for 3 days or longer: Psycho.",
    ]


def test_a_hen_that_never_laid_is_not_blamed() -> None:
    assert "No egg" not in day_in_short(VISIT, NOON.date(), ("psycho", "red_twin"), VOICE, now=NOON)


def test_an_empty_day_is_told_too() -> None:
    assert day_in_turn([OLD_EGG], NOON.date(), VOICE) == "21 June: nothing happened yet."
