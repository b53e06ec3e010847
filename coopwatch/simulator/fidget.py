"""How a hen moves while she sits: a stay and a moment in, her pose and place out."""

import math
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from coopwatch.simulator.chance import Purpose, chance
from coopwatch.simulator.hen_body import Carriage, Pose
from coopwatch.simulator.nest_box import NESTS
from coopwatch.simulator.schedule import Stay

ENTRY = timedelta(seconds=1.5)  # before and after the moment that counts as coming (going): she is half in
_OUTSIDE = 200.0  # pixels below her place: nothing of her can be seen
_HALF_IN = 0.07  # share of poses in which she is half out of the nest
_AWAKE = (Carriage.UP, Carriage.LOW, Carriage.LEFT, Carriage.RIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A pose held for a minute or several; the place is pixels to the right and down of the nest's middle."""

    begins: float  # seconds after she came
    pose: Pose
    right: float
    down: float


def sitting_at(seed: int, stay: Stay, at: datetime) -> Sitting:
    """Her pose and place at that moment, from ENTRY before she came to ENTRY after she left."""
    sittings = _sittings(seed, stay)
    seconds = (at - stay.began).total_seconds()
    now = sittings[max(bisect_right([sitting.begins for sitting in sittings], seconds) - 1, 0)]
    inside = min(at - (stay.began - ENTRY), stay.ended + ENTRY - at) / (2 * ENTRY)
    sway = 1.3 * math.sin(seconds / 7.3) * math.sin(seconds / 2.9)
    return Sitting(
        begins=now.begins,
        pose=now.pose,
        right=now.right + sway,
        down=max(now.down, _OUTSIDE * (1 - max(inside, 0.0))),
    )


@lru_cache(maxsize=64)
def _sittings(seed: int, stay: Stay) -> tuple[Sitting, ...]:
    """All poses of a stay: she comes in head first, or backwards, then turns and shuffles every few minutes."""
    rng = chance(seed, Purpose.POSE, int(stay.began.timestamp()), NESTS.index(stay.nest))
    heading = math.pi / 2 + rng.normal(0, 0.5) + (math.pi if rng.random() < 0.15 else 0)
    sittings = []
    begins, length = 0.0, (stay.ended - stay.began).total_seconds()
    while begins < length:
        half_in = rng.random() < _HALF_IN
        asleep = begins > 240 and rng.random() < 0.25
        sittings.append(
            Sitting(
                begins=begins,
                pose=Pose(
                    heading=round(heading % (2 * math.pi), 2),
                    carriage=Carriage.TUCKED if asleep else _AWAKE[rng.integers(len(_AWAKE))],
                    pitch=round(rng.normal(0, 0.06), 2),
                ),
                right=rng.normal(0, 12),
                down=rng.uniform(70, 105) if half_in else rng.normal(0, 6),
            )
        )
        begins += rng.uniform(12, 30) if len(sittings) == 1 else rng.uniform(40, 240)
        heading += rng.normal(0, 1.2)
    return tuple(sittings)
