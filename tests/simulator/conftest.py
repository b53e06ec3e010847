"""What the simulator's tests share."""

from collections.abc import Callable

import pytest

from coopwatch.simulator import feathers, fidget, light, scene


@pytest.fixture
def forget_drawings() -> Callable[[], None]:
    """Empties every store of drawings, so that the next picture is drawn from nothing."""

    def forget() -> None:
        for module in (feathers, fidget, light, scene):
            for thing in vars(module).values():
                if hasattr(thing, "cache_clear"):
                    thing.cache_clear()

    return forget
