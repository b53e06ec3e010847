"""Rules of a day in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from coopwatch.core.day import day_in_short, day_in_turn
from coopwatch.core.voice import Voice
from coopwatch.values import NOTHING, Event, EventKind, StoredEvent

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


def stored(*events: Event, visit: int | None = None, correction: str | None = None) -> list[StoredEvent]:
    return [StoredEvent(number=1, event=one, visit=visit, correction=correction) for one in events]


def test_a_day_in_turn_tells_a_visit_and_its_egg_once_and_whoever_sits_still() -> None:
    sits = event(EventKind.HEN_NESTING, timedelta(minutes=5), "psycho", certainty=0.9)
    assert day_in_turn([*stored(*VISIT, visit=1), *stored(sits, visit=2)], NOON.date(), VOICE).splitlines() == [
        "21 June: 1 egg (Red Twin)",
        "10:00  Red Twin nested 1 h in the left nest and laid an egg",
        "11:55  Psycho is nesting in the left nest (90 %)",
    ]


def test_an_egg_is_told_apart_while_she_sits_and_where_a_person_put_it_down_to_another_hen() -> None:
    came, left, laid = VISIT
    hers = "10:00  Egg laid by Red Twin in the left nest (100 %)"
    assert hers in day_in_turn(stored(came, laid, visit=1), NOON.date(), VOICE).splitlines()
    others = day_in_turn(stored(came, left, replace(laid, hens=("psycho",)), visit=1), NOON.date(), VOICE).splitlines()
    assert others[1:] == [
        "10:00  Red Twin nested 1 h in the left nest",
        "10:00  Egg laid by Psycho in the left nest (100 %)",
    ]


def test_what_a_person_took_back_is_not_told_of_the_day() -> None:
    told = day_in_turn(stored(*VISIT, visit=1, correction=NOTHING), NOON.date(), VOICE)
    assert told == "21 June: nothing happened yet."


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
    assert day_in_turn(stored(OLD_EGG), NOON.date(), VOICE) == "21 June: nothing happened yet."
