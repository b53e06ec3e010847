import numpy as np
import pytest

from coopwatch.workbench.explain.drawing import draw_activation, lay_over


def test_the_picture_keeps_its_size_and_is_brightest_where_the_heat_is() -> None:
    heat = np.zeros((4, 4), np.float32)
    heat[0, 3] = 1
    laid = lay_over(np.full((80, 120, 3), 60, np.uint8), heat)
    assert laid.shape == (80, 120, 3)
    brightness = laid.mean(axis=2)
    assert brightness[:10, 110:].mean() > brightness[60:, :30].mean() + 50


@pytest.mark.parametrize("shape", [(7, 7, 1280), (30, 60, 3), (1, 1, 8), (200,), (2,), (1,)])
@pytest.mark.parametrize("fill", [0.0, 1e30, -1.0])
def test_any_layer_can_be_drawn(shape: tuple[int, ...], fill: float) -> None:
    values = np.full(shape, fill, np.float32)
    flat = draw_activation(values)
    values.flat[0] += 1 + abs(fill)
    sheet = draw_activation(values)
    assert flat.dtype == sheet.dtype == np.uint8
    assert max(sheet.shape[:2]) <= 1300
