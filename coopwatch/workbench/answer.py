"""What a model said of one labelled picture, beside what is true."""

from dataclasses import dataclass
from pathlib import Path

from coopwatch.values import Probabilities
from coopwatch.vision.light_mode import LightMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One picture, its true label and the model's calibrated probabilities."""

    file: Path
    label: str  # the true one
    probabilities: Probabilities
    light: LightMode | None = None  # None: neither clearly colour nor clearly infra-red

    @property
    def given(self) -> str:
        """The likeliest label."""
        return max(self.probabilities, key=self.probabilities.__getitem__)

    @property
    def certainty(self) -> float:
        """The probability of the likeliest label."""
        return max(self.probabilities.values())

    @property
    def is_right(self) -> bool:
        """Whether the likeliest label is the true one."""
        return self.given == self.label
