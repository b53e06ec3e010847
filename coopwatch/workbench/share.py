"""How many of how many: two counts in, a share and the interval that it surely lies in out."""

import math
from dataclasses import dataclass

_Z = 1.959964  # 95 % of a normal distribution lies within so many standard deviations


def percent(share: float, digits: int = 0) -> str:
    """A share of 0..1 as people read it, such as "96 %"."""
    return f"{100 * share:.{digits}f} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`hits` of `count` pictures; a share of nothing is 0, and nothing is known of it."""

    hits: int
    count: int

    @property
    def value(self) -> float:
        """0..1."""
        return self.hits / self.count if self.count else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies with 95 % certainty (Wilson, JASA 22, 1927): narrow only where pictures are many.

        It supposes pictures that say something each; near copies of each other make it look narrower than it is.
        """
        if not self.count:
            return 0.0, 1.0
        spread = _Z**2 / self.count
        middle = (self.value + spread / 2) / (1 + spread)
        reach = _Z / (1 + spread) * math.sqrt(self.value * (1 - self.value) / self.count + spread / (4 * self.count))
        # Rounding must not move the ends of "none" and "all".
        low = 0.0 if self.hits == 0 else middle - reach
        return low, 1.0 if self.hits == self.count else middle + reach

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.hits} of {self.count} ({percent(self.value, 1)}; 95 % sure: {percent(low)} to {percent(high)})"
