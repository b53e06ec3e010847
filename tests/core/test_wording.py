"""Rules of what people read."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.core.phrases import span
from coopwatch.core.status import CameraStatus, NestStatus
from coopwatch.core.voice import Voice
from coopwatch.core.wording import caption, sentence, status_text
from coopwatch.values import Event, EventKind

BERLIN = ZoneInfo("Europe/Berlin")
NAMES = {"red_twin": "Red Twin", "psycho": "Psycho", "beauty": "Beauty"}
VOICE = Voice(names=NAMES, zone=BERLIN)
NOON = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)  # 14:00 in Berlin


def event(kind: EventKind, **more: object) -> Event:
    return Event(**({"camera": "nestcam", "nest": None, "at": NOON, "told_at": NOON, "kind": kind} | more))


def before(**duration: float) -> datetime:
    return NOON - timedelta(**duration)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (event(EventKind.HEN_NESTING, hens=("red_twin",), certainty=0.96), "Red Twin is nesting (96 %)"),
        (
            event(EventKind.HEN_NESTING, hens=("red_twin",), certainty=0.999, nest="left"),
            "Red Twin is nesting in the left nest (99 %)",
        ),
        (event(EventKind.HEN_NESTING, hens=("new_hen",), nest="nest_2"), "New hen is nesting in nest 2 (100 %)"),
        (event(EventKind.HEN_LEFT, hens=("red_twin",), began=before(minutes=34)), "Red Twin left after 34 min"),
        (
            event(EventKind.HEN_LEFT, hens=("red_twin",), began=before(minutes=72), nest="left"),
            "Red Twin left after 1 h 12 min in the left nest",
        ),
        (event(EventKind.EGG_LAID, hens=("red_twin",), certainty=0.94), "Egg laid by Red Twin (94 %)"),
        (event(EventKind.EGG_LAID, hens=("red_twin", "psycho"), certainty=0.6), "Egg laid by Red Twin or Psycho"),
        (
            event(EventKind.EGG_LAID, hens=("red_twin", "psycho", "beauty"), nest="left"),
            "Egg laid by Red Twin, Psycho or Beauty in the left nest",
        ),
        (event(EventKind.EGG_LAID, nest="left"), "Egg laid in the left nest"),
        (event(EventKind.EGGS_COLLECTED), "Eggs collected"),
        (event(EventKind.EGGS_COLLECTED, nest="left"), "Eggs collected from the left nest"),
        (event(EventKind.EGG_LOST, hens=("psycho",)), "An egg was lost while Psycho sat there"),
        (event(EventKind.EGG_LOST, hens=("psycho",), nest="left"), "An egg was lost while Psycho sat in the left nest"),
        (
            event(EventKind.BROODY, hens=("psycho",), nest="left", began=before(hours=6)),
            "Psycho may be broody in the left nest since 08:00",
        ),
        (event(EventKind.NO_EGG), "No hen has come to the nests today"),
        (
            event(EventKind.NO_EGG, hens=("beauty",), began=before(days=4)),
            "No egg from Beauty since 14:00 on 17 June",
        ),
        (event(EventKind.UNKNOWN_VISITOR, nest="left"), "Something unknown is in the left nest"),
        (
            event(EventKind.CAMERA_LOST, reason="connection refused"),
            "Camera nestcam is gone: connection refused",
        ),
        (event(EventKind.CAMERA_BACK, began=before(minutes=7)), "Camera nestcam is back after 7 min"),
        (
            event(EventKind.PICTURE_FROZEN, began=before(minutes=20)),
            "Camera nestcam shows the same picture all the time since 13:40",
        ),
        (event(EventKind.PICTURE_DARK), "Camera nestcam sees only dark"),
        (event(EventKind.SERVICE_STARTED, camera=None), "Coopwatch is watching"),
        (
            event(EventKind.SERVICE_STARTED, camera=None, began=before(minutes=7)),
            "Coopwatch is watching again; it was away from 13:53 to 14:00",
        ),
        (
            event(EventKind.MODEL_CHANGED, camera=None, reason="version 7"),
            "Another model names the hens now: version 7",
        ),
        (
            event(EventKind.MODEL_CHANGED, camera=None, reason="learnt from 1 photo that people named"),
            "Learnt from 1 photo that people named",
        ),
        (event(EventKind.DAILY_DIGEST, camera=None, reason="3 eggs"), "The day: 3 eggs"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.kind,
)
def test_an_event_is_told_in_one_sentence(told: Event, expected: str) -> None:
    assert sentence(told, VOICE) == expected


@given(
    kind=st.sampled_from(EventKind),
    hens=st.lists(st.sampled_from([*NAMES, "{odd}"]), unique=True),
    nest=st.sampled_from([None, "left", "nest_2"]),
    certainty=st.floats(0, 1),
    began=st.none() | st.timedeltas(timedelta(0), timedelta(days=9)).map(lambda ago: NOON - ago),
    reason=st.sampled_from(["", "connection refused", "{brace}"]),
)
def test_whatever_is_known_of_an_event_it_can_be_told(kind, hens, nest, certainty, began, reason) -> None:
    told = sentence(event(kind, hens=tuple(hens), nest=nest, certainty=certainty, began=began, reason=reason), VOICE)
    assert told.strip() == told
    assert "\n" not in told
    assert "  " not in told


def test_only_what_is_surely_so_is_told_as_100_percent() -> None:
    assert "(99 %)" in sentence(event(EventKind.EGG_LAID, hens=("psycho",), certainty=0.9999), VOICE)


def test_a_message_that_arrives_on_another_day_says_on_which_day_it_happened() -> None:
    collected = event(EventKind.EGGS_COLLECTED)
    assert caption(collected, VOICE, now=NOON) == "Eggs collected\n14:00"
    assert caption(collected, VOICE, now=NOON + timedelta(days=1)) == "Eggs collected\n14:00 on 21 June"


def test_a_day_is_the_coops_day_and_not_the_day_of_utc() -> None:
    late = datetime(2026, 6, 21, 22, 30, tzinfo=UTC)  # 00:30 on the 22nd in Berlin
    collected = event(EventKind.EGGS_COLLECTED, at=late)
    assert caption(collected, VOICE, now=late + timedelta(hours=1)) == "Eggs collected\n00:30"


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (timedelta(seconds=0), "0 s"),
        (timedelta(seconds=59.4), "59 s"),
        (timedelta(seconds=59.6), "1 min"),
        (timedelta(minutes=59, seconds=40), "1 h"),
        (timedelta(hours=1, minutes=12), "1 h 12 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(hours=70), "3 days"),
    ],
)
def test_a_duration_is_told_in_the_units_that_people_use(duration: timedelta, expected: str) -> None:
    assert span(duration, VOICE) == expected


def test_the_status_names_every_nest_and_then_every_camera() -> None:
    nests = (
        NestStatus(nest="left", label="red_twin", certainty=0.96, since=NOON - timedelta(minutes=20)),
        NestStatus(nest="right", label="empty", certainty=0.99, since=NOON - timedelta(days=1)),
        NestStatus(nest="nest_3", label=None, certainty=0.4, since=None),
    )
    cameras = [
        CameraStatus(camera="nestcam", last_frame_at=NOON, trouble="", nests=nests),
        CameraStatus(camera="run", last_frame_at=NOON, trouble="", nests=(), lag=timedelta(seconds=7)),
        CameraStatus(camera="yard", last_frame_at=NOON, trouble="connection refused", nests=()),
        CameraStatus(camera="door", last_frame_at=None, trouble="wrong password", nests=()),
    ]
    assert status_text(cameras, VOICE, now=NOON).splitlines() == [
        "Left nest: Red Twin since 13:40 (96 %)",
        "Right nest: empty since 14:00 on 20 June (99 %)",
        "Nest 3: not sure yet",
        "Camera nestcam: picture of 14:00",
        "Camera run: picture of 14:00, 7 s late",
        "Camera yard: connection refused; last picture 14:00",
        "Camera door: wrong password; no picture yet",
    ]


def test_a_coop_without_cameras_has_a_status_too() -> None:
    assert status_text([], VOICE, now=NOON) == "No camera is set up."
