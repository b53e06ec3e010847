"""What all tests share: how hypothesis searches, and where the real pictures lie."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("coopwatch", deadline=None)  # a slow machine is no failure
settings.load_profile("coopwatch")

REAL_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real pictures; tests that ask for it are skipped where it is missing."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"the real pictures are not here: {REAL_DATA}")
    return REAL_DATA
