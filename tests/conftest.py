"""What all tests share: how hypothesis searches, and where the real pictures lie."""

from pathlib import Path

import pytest
from fakes.models import TinyNetwork, build_tiny_network
from fakes.pairs import make_pairs
from hypothesis import settings

from coopwatch.vision.card import ModelFolder

settings.register_profile("coopwatch", deadline=None)  # a slow machine is no failure
settings.load_profile("coopwatch")

REAL_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real pictures; tests that ask for it are skipped where it is missing."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"the real pictures are not here: {REAL_DATA}")
    return REAL_DATA


@pytest.fixture(scope="session")
def tiny_network(tmp_path_factory: pytest.TempPathFactory) -> TinyNetwork:
    """A network of a few weights in every form that a model folder may hold."""
    return build_tiny_network(tmp_path_factory.mktemp("network"))


@pytest.fixture(scope="session")
def tiny_model(tiny_network: TinyNetwork, tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    """A model folder that the real classifier loads in a moment; its answers mean nothing."""
    return tiny_network.publish(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with models as Keras 2 wrote them, and with what they answered."""
    return make_pairs(tmp_path_factory.mktemp("pairs"))
