"""When the sun rises and sets over the simulated coop: a day in, times in UTC out."""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

_NOON = timedelta(hours=11, minutes=5)  # at 13.5 degrees east


@dataclass(frozen=True, slots=True, kw_only=True)
class Sun:
    """The bright part of one day."""

    rise: datetime
    set: datetime

    def height(self, at: datetime) -> float:
        """1 at noon, 0 when it rises and sets, below 0 at night."""
        return math.sin(math.pi * ((at - self.rise) / (self.set - self.rise)))


def sun_of(day: date) -> Sun:
    """The sun over 52 degrees north, to a few minutes."""
    season = math.sin(2 * math.pi * (day.timetuple().tm_yday - 80) / 365)
    half = timedelta(minutes=round(60 * (12.3 + 4.3 * season) / 2))
    noon = datetime.combine(day, time(), UTC) + _NOON
    return Sun(rise=noon - half, set=noon + half)
