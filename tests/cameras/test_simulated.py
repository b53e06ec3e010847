from datetime import UTC, datetime, timedelta

import numpy as np

from coopwatch.cameras.simulated import SimulatedCamera
from coopwatch.clock import ManualClock
from coopwatch.simulator.coop import Coop

START = datetime(2026, 5, 1, 8, tzinfo=UTC)


async def test_a_frame_shows_the_clocks_moment() -> None:
    clock, coop = ManualClock(START), Coop(seed=7)
    async with SimulatedCamera(name="nestcam", frame=coop.frame, clock=clock) as camera:
        first = await camera.grab()
        clock.move(timedelta(minutes=5))
        second = await camera.grab()
    assert (first.camera, first.taken_at, second.taken_at) == ("nestcam", START, START + timedelta(minutes=5))
    assert np.array_equal(second.pixels, coop.frame(second.taken_at))
    assert not np.array_equal(first.pixels, second.pixels)


async def test_a_machine_too_slow_for_the_speed_makes_the_day_longer_and_misses_nothing() -> None:
    clock = ManualClock(START)
    camera = SimulatedCamera(
        name="cam", frame=lambda _: np.zeros((2, 2, 3), np.uint8), clock=clock, step=timedelta(seconds=30)
    )
    async with camera:
        taken = []
        for _ in range(3):
            taken.append((await camera.grab()).taken_at)
            clock.move(timedelta(minutes=10))
    assert taken == [START, START + timedelta(seconds=30), START + timedelta(seconds=60)]
