"""What one check found."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How bad it is."""

    WELL = "well"
    CARE = "care"  # it works, but not for ever or not everywhere
    ILL = "ill"  # it does not work


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of a doctor's report."""

    check: str
    grade: Grade
    seen: str
    remedy: str = ""  # empty where nothing is to be done
