import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.values import Region
from coopwatch.vision.card import Input
from coopwatch.vision.preprocess import crop, scale_input, to_input

WHOLE = Region(left=0, top=0, right=1, bottom=1)


@pytest.mark.parametrize(
    ("region", "rows", "columns"),
    [
        (WHOLE, (0, 100), (0, 200)),
        (Region(left=0, top=0, right=0.5, bottom=1), (0, 100), (0, 100)),
        (Region(left=0.25, top=0.1, right=0.75, bottom=0.9), (10, 90), (50, 150)),
        (Region(left=0.999, top=0.999, right=1, bottom=1), (99, 100), (199, 200)),  # never empty
    ],
)
def test_a_region_is_fractions_of_the_picture(region: Region, rows: tuple[int, int], columns: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (100, 200, 3), dtype=np.uint8)
    assert np.array_equal(crop(picture, region), picture[slice(*rows), slice(*columns)])


@given(
    st.integers(1, 50),
    st.integers(1, 50),
    st.lists(st.floats(0, 1), min_size=2, max_size=2, unique=True).map(sorted),
    st.lists(st.floats(0, 1), min_size=2, max_size=2, unique=True).map(sorted),
)
def test_a_crop_is_never_empty_and_never_larger_than_the_picture(
    height: int, width: int, across: list[float], down: list[float]
) -> None:
    region = Region(left=across[0], right=across[1], top=down[0], bottom=down[1])
    cropped = crop(np.zeros((height, width, 3), np.uint8), region)
    assert 1 <= cropped.shape[0] <= height
    assert 1 <= cropped.shape[1] <= width


def test_a_crop_is_a_copy() -> None:
    picture = np.zeros((4, 4, 3), np.uint8)
    crop(picture, WHOLE)[:] = 9
    assert not picture.any()


@pytest.mark.parametrize("shape", [(7, 5), (400, 800), (64, 72), (1, 1)])
def test_every_crop_is_stretched_to_the_networks_size(shape: tuple[int, int]) -> None:
    stretched = to_input(np.full((*shape, 3), 120, np.uint8), Input(height=64, width=72))
    assert stretched.shape == (64, 72, 3)
    assert stretched.dtype == np.uint8
    assert (stretched == 120).all()


def test_a_shrunk_pixel_is_the_mean_of_those_it_covers() -> None:
    stripes = np.zeros((4, 4, 3), np.uint8)
    stripes[:, ::2] = 200
    assert (to_input(stripes, Input(height=2, width=2)) == 100).all()


@pytest.mark.parametrize(
    ("offset", "scale", "low", "high"),
    [(0.0, 255.0, 0.0, 1.0), (127.0, 128.0, -0.9921875, 1.0), (0.0, 1.0, 0.0, 255.0)],
)
def test_scaling_is_pixel_minus_offset_over_scale(offset: float, scale: float, low: float, high: float) -> None:
    scaled = scale_input(np.array([0, 255], np.uint8), Input(height=1, width=1, offset=offset, scale=scale))
    assert scaled.dtype == np.float32
    assert scaled.tolist() == [low, high]
