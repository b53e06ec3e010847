"""A picture that shows nothing is known from one that does, and no good one is ever refused."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count, cycle, islice
from pathlib import Path

import cv2
import numpy as np
import pytest
from vision.nest_frames import NESTS, nest_frames

from coopwatch.simulator.coop import Coop
from coopwatch.simulator.light import is_infra_red
from coopwatch.simulator.nest_box import REGIONS
from coopwatch.values import Flaw, Frame, Pixels, Region
from coopwatch.vision.judge import PictureJudge, Sight
from coopwatch.vision.light_mode import LightMode

NOON = datetime(2026, 5, 1, 10, tzinfo=UTC)
WHOLE = Region(left=0, top=0, right=1, bottom=1)
Damage = Callable[[Pixels], Pixels]


def judge_all(
    judge: PictureJudge, pictures: Sequence[Pixels], *, begin: datetime = NOON, every: float = 5
) -> list[Sight]:
    times = (begin + timedelta(seconds=every * number) for number in range(len(pictures)))
    frames = (Frame(camera="cam", taken_at=at, pixels=pixels) for at, pixels in zip(times, pictures, strict=True))
    return [judge.judge(frame) for frame in frames]


@cache
def simulated(seed: int, begin: datetime, pictures: int, every_seconds: int) -> tuple[Pixels, ...]:
    coop = Coop(seed=seed)
    return tuple(coop.frame(begin + timedelta(seconds=every_seconds * number)) for number in range(pictures))


def blurred(share: float) -> Damage:
    return lambda picture: np.asarray(cv2.GaussianBlur(picture, (0, 0), share * picture.shape[1]), np.uint8)


def moved(right: float, down: float = 0.0) -> Damage:
    def move(picture: Pixels) -> Pixels:
        height, width = picture.shape[:2]
        matrix = np.array([[1, 0, right * width], [0, 1, down * width]], np.float32)
        return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8)

    return move


def dimmed(picture: Pixels) -> Pixels:
    return (picture * 0.08).astype(np.uint8)


def covered(picture: Pixels) -> Pixels:
    """A leaf on the lens by infra-red light: bright, with noise, and without any form."""
    noise = np.random.default_rng(int(picture[0, 0, 0])).normal(150, 6, picture.shape)
    return noise.clip(0, 255).astype(np.uint8)


DAMAGES = [
    pytest.param(dimmed, Flaw.DARK, id="dark"),
    pytest.param(covered, Flaw.COVERED, id="covered"),
    pytest.param(blurred(0.025), Flaw.BLURRED, id="blurred"),
    pytest.param(moved(0.04), Flaw.MOVED, id="moved a little"),
    pytest.param(moved(-0.1, 0.05), Flaw.MOVED, id="moved much"),
]


@pytest.mark.parametrize(("damage", "flaw"), DAMAGES)
def test_what_spoils_a_picture_is_told_while_it_lasts(damage: Damage, flaw: Flaw) -> None:
    pictures = simulated(3, NOON, 24, 5)
    judge = PictureJudge(list(REGIONS.values()))
    assert [sight.flaw for sight in judge_all(judge, pictures[:14])] == [None] * 14
    later = NOON + timedelta(minutes=5)
    assert {sight.flaw for sight in judge_all(judge, [damage(p) for p in pictures[14:20]], begin=later)} == {flaw}
    later += timedelta(minutes=5)
    assert {sight.flaw for sight in judge_all(judge, pictures[20:], begin=later)} == {None}


@pytest.mark.real
@pytest.mark.parametrize(("damage", "flaw"), DAMAGES)
def test_what_spoils_a_real_picture_is_told(real_data: Path, damage: Damage, flaw: Flaw) -> None:
    by_day = [frame.pixels for frame in nest_frames(real_data) if 7 <= frame.taken_at.hour <= 13]
    judge = PictureJudge(NESTS)
    judge_all(judge, by_day[:20], every=1800)
    spoilt = [damage(picture) for picture in by_day[20:26]]
    told = [sight.flaw for sight in judge_all(judge, spoilt, begin=NOON + timedelta(hours=10), every=1800)]
    assert told == [flaw] * 6


@pytest.mark.real
def test_no_real_picture_is_refused_and_its_light_is_known(real_data: Path) -> None:
    judge = PictureJudge(NESTS)
    sights = {frame.taken_at: judge.judge(frame) for frame in nest_frames(real_data)}
    assert [sight.flaw for sight in sights.values()] == [None] * 48
    by_infra_red = [f"{at:%d_%H%M}" for at, sight in sights.items() if sight.mode is LightMode.INFRA_RED]
    assert by_infra_red == ["17_1500", "18_0500", "18_0530", "19_0430", "19_0500", "19_0530", "21_0500", "21_0530"]


@pytest.mark.parametrize("every_seconds", [600])
def test_no_picture_of_a_simulated_day_and_night_is_refused(every_seconds: int) -> None:
    day = simulated(7, datetime(2026, 5, 1, tzinfo=UTC), 24 * 3600 // every_seconds, every_seconds)
    sights = judge_all(PictureJudge(list(REGIONS.values())), day, begin=NOON, every=every_seconds)
    assert {sight.flaw for sight in sights} == {None}
    assert {sight.mode for sight in sights} == {LightMode.COLOUR, LightMode.INFRA_RED}
    assert not any(sight.is_switching for sight in sights)  # ten minutes later, a switch is over


def test_a_picture_taken_while_the_camera_switches_to_infra_red_is_neither() -> None:
    dusk = next(at for at in moments(NOON, timedelta(minutes=1)) if is_infra_red(at))
    pictures = simulated(7, dusk - timedelta(minutes=1), 30, 4)
    sights = judge_all(PictureJudge(list(REGIONS.values())), pictures, every=4)
    assert [sight.flaw for sight in sights] == [None] * 30
    assert [sight.is_switching for sight in sights].count(True) == 1


def moments(begin: datetime, step: timedelta) -> Iterator[datetime]:
    return (begin + number * step for number in count())


def test_a_hen_that_comes_or_goes_moves_no_camera() -> None:
    coop, visits = Coop(seed=7), 0
    judge = PictureJudge(list(REGIONS.values()))
    judge_all(judge, simulated(7, NOON, 14, 5))
    for event in coop.events(NOON, NOON + timedelta(hours=4)):
        around = [coop.frame(event.at + timedelta(seconds=seconds)) for seconds in (-10, -2, 0, 2, 5, 20)]
        assert {sight.flaw for sight in judge_all(judge, around, begin=event.at)} == {None}
        visits += 1
    assert visits > 4


def test_the_same_pixels_again_are_frozen_whatever_clock_the_camera_draws_beside_the_nests() -> None:
    (picture,) = simulated(3, NOON, 1, 5)
    nest = Region(left=0, top=0.2, right=0.5, bottom=1)
    pictures = [picture.copy() for _ in range(4)]
    for number, one in enumerate(pictures):
        one[:20, :60] = 40 * number  # the clock
    assert [s.flaw for s in judge_all(PictureJudge([nest]), pictures)] == [None, *[Flaw.FROZEN] * 3]
    assert [s.flaw for s in judge_all(PictureJudge([WHOLE]), pictures)] == [None] * 4


@pytest.mark.parametrize("shape", [(320, 480), (240, 640), (640, 1280)])
def test_a_camera_set_to_another_form_or_size_is_judged_by_what_it_shows_from_then_on(shape: tuple[int, int]) -> None:
    pictures = simulated(3, NOON, 30, 5)
    after = [cv2.resize(picture, shape[::-1]).astype(np.uint8) for picture in pictures[12:]]
    judge = PictureJudge(list(REGIONS.values()))
    assert [sight.flaw for sight in judge_all(judge, [*pictures[:12], *after])] == [None] * 30


def test_one_pixel_of_noise_shows_that_the_sensor_lives() -> None:
    (picture,) = simulated(3, NOON, 1, 5)
    pictures = [picture.copy() for _ in range(4)]
    for number, one in enumerate(pictures):
        one[100, 100 + number, 1] ^= 1
    assert [s.flaw for s in judge_all(PictureJudge([WHOLE]), pictures)] == [None] * 4


def test_a_dark_picture_is_dark_before_it_is_frozen() -> None:
    black = [np.zeros((90, 160, 3), np.uint8)] * 3
    assert [s.flaw for s in judge_all(PictureJudge([WHOLE]), black)] == [Flaw.DARK] * 3


def test_a_camera_that_was_turned_away_is_told_and_taken_as_it_is_after_an_hour() -> None:
    judge = PictureJudge(list(REGIONS.values()))
    judge_all(judge, simulated(3, NOON, 14, 5))
    yard = list(islice(cycle(elsewhere()), 70))
    told = [s.flaw for s in judge_all(judge, yard, begin=NOON + timedelta(minutes=5), every=60)]
    assert told[:60] == [Flaw.MOVED] * 60
    assert told[-1] is None


def elsewhere() -> Iterator[Pixels]:
    """Pictures of a place that has nothing of the coop."""
    rng = np.random.default_rng(5)
    place = cv2.resize(rng.integers(0, 255, (20, 40, 3), np.uint8), (640, 320), interpolation=cv2.INTER_CUBIC)
    for _ in range(2):
        yield (place + rng.normal(0, 3, place.shape)).clip(0, 255).astype(np.uint8)
