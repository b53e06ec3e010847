import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from vision.nest_frames import NESTS, nest_frames

from coopwatch.simulator.coop import Coop
from coopwatch.simulator.nest_box import REGIONS
from coopwatch.values import Classification, Pixels
from coopwatch.vision.gate import NestGate, Pace, Worth
from coopwatch.vision.preprocess import crop

NOON = datetime(2026, 5, 1, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PACE = Pace(at_most_every=timedelta(seconds=5), at_least_every=timedelta(seconds=60))


def answer(at: datetime, label: str = "egg") -> Classification:
    return Classification(nest="left", taken_at=at, probabilities={label: 0.9, "other": 0.1}, model="hash")


def settled_on(picture: Pixels) -> NestGate:
    """A gate whose nest was classified twice alike, the last time at noon."""
    gate = NestGate(PACE)
    for at in (NOON - SECOND, NOON):
        gate.weigh(picture, at)
        gate.note(answer(at))
    return gate


def straw(seed: int = 0) -> Pixels:
    """The same straw, with the noise of another moment."""
    place = np.random.default_rng(1).integers(60, 160, (8, 8, 3)).repeat(20, axis=0).repeat(20, axis=1)
    noise = np.random.default_rng(seed).normal(0, 5, place.shape)
    return (place + noise).clip(0, 255).astype(np.uint8)


def with_egg(picture: Pixels) -> Pixels:
    picture = picture.copy()
    picture[100:115, 80:92] = (235, 220, 200)
    return picture


def test_what_has_not_changed_is_repeated_until_the_heartbeat() -> None:
    gate, worths = NestGate(PACE), []
    for second in range(0, 130, 10):
        at = NOON + second * SECOND
        worths.append(gate.weigh(straw(second), at))
        if worths[-1] is Worth.CLASSIFY:
            gate.note(answer(at))
    assert [number for number, worth in enumerate(worths) if worth is Worth.CLASSIFY] == [0, 1, 7]
    assert set(worths) == {Worth.CLASSIFY, Worth.REPEAT}
    assert gate.repeat(at) == answer(at)  # evidence comes at the pace of the frames


def test_an_answer_that_stands_alone_is_not_repeated() -> None:
    # One wrong name, repeated for a minute, would be believed.
    gate, asked = NestGate(PACE), ""
    for number in range(12):
        at = NOON + 10 * number * SECOND
        worth = gate.weigh(straw(number), at)
        asked += "!" if worth is Worth.CLASSIFY else "."
        if worth is Worth.CLASSIFY:
            gate.note(answer(at, "red_twin" if number == 7 else "egg"))
    assert asked == "!!.....!!!.."


def test_an_egg_is_a_change_and_waits_no_longer_than_the_pace_says() -> None:
    gate = settled_on(straw(1))
    assert gate.weigh(with_egg(straw(2)), NOON + 2 * SECOND) is Worth.WAIT
    assert gate.weigh(with_egg(straw(3)), NOON + 5 * SECOND) is Worth.CLASSIFY
    assert (gate.classified_at, gate.changed_at) == (NOON, NOON + 5 * SECOND)


def test_what_comes_slowly_adds_up_to_a_change() -> None:
    gate, before = settled_on(straw()), straw().astype(int)
    step = (with_egg(straw()).astype(int) - before) / 20
    worths = {gate.weigh((before + n * step).astype(np.uint8), NOON + (n + 5) * SECOND) for n in range(1, 21)}
    assert worths == {Worth.REPEAT, Worth.CLASSIFY}


@pytest.mark.parametrize("gain", [0.85, 1.15])
def test_a_cloud_is_no_change_but_a_lamp_is(gain: float) -> None:
    gate = settled_on(straw())
    at = NOON + 30 * SECOND
    assert gate.weigh((straw(2) * gain).clip(0, 255).astype(np.uint8), at) is Worth.REPEAT
    assert gate.weigh((straw(2) * gain**4).clip(0, 255).astype(np.uint8), at) is Worth.CLASSIFY


def test_whatever_changes_a_simulated_nest_is_seen_and_a_still_one_seldom_classified() -> None:
    coop, begin = Coop(seed=7), datetime(2026, 5, 1, 6, tzinfo=UTC)
    gate, shown, classified = NestGate(Pace()), "", 0
    for number in range(240):
        at = begin + 15 * SECOND * number
        label = coop.state("right", at).label
        worth = gate.weigh(crop(coop.frame(at), REGIONS["right"]), at)
        if label != shown:
            assert worth is Worth.CLASSIFY, at
        if worth is Worth.CLASSIFY:
            gate.note(answer(at))
            shown, classified = label, classified + 1
    assert classified < 160


@pytest.mark.real
@pytest.mark.parametrize("side", [0, 1])
def test_no_change_of_label_between_real_frames_is_missed(real_data: Path, side: int) -> None:
    # Half an hour lies between two frames: the heartbeat would classify each. Without it, all that changed.
    with (real_data / "nestbox" / "crops.csv").open(encoding="utf-8") as file:
        labels = [row["class"] for row in csv.DictReader(file) if row["side"] == "LR"[side]]
    gate, shown = NestGate(Pace(at_least_every=timedelta(days=99))), ""
    for label, frame in zip(labels, nest_frames(real_data), strict=True):
        worth = gate.weigh(crop(frame.pixels, NESTS[side]), frame.taken_at)
        assert worth is Worth.CLASSIFY or label in (shown, "ambiguous"), frame.taken_at
        if worth is Worth.CLASSIFY:
            gate.note(answer(frame.taken_at))
            shown = label
