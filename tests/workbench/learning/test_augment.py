import numpy as np
import pytest

from coopwatch.errors import UserMustActError
from coopwatch.workbench.learning.augment import AUGMENTATIONS, Augmentation, augment, find_augmentation

PICTURE = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_the_same_seed_gives_the_same_picture_of_the_same_shape(name: str) -> None:
    once, again = (augment(PICTURE, AUGMENTATIONS[name], np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(once, again)
    assert once.shape == PICTURE.shape
    assert once.dtype == np.uint8


def test_no_augmentation_changes_nothing() -> None:
    assert np.array_equal(augment(PICTURE, AUGMENTATIONS["none"], np.random.default_rng(0)), PICTURE)


def test_a_shift_is_about_as_far_as_it_may_be() -> None:
    dot = np.zeros((101, 101, 3), np.uint8)
    dot[50, 50] = 255
    places = []
    for seed in range(50):
        moved = augment(dot, Augmentation(shift=0.1), np.random.default_rng(seed))
        places.append(np.argwhere(moved[..., 0] == moved[..., 0].max())[0] - 50)
    assert 8 <= np.abs(places).max() <= 11


@pytest.mark.parametrize(("repeat_edge", "corner"), [(True, 200), (False, 0)])
def test_what_comes_in_from_outside_is_black_or_repeats_the_edge(repeat_edge: bool, corner: int) -> None:
    white = np.full((40, 40, 3), 200, np.uint8)
    turned = augment(white, Augmentation(rotation_degrees=45, repeat_edge=repeat_edge), np.random.default_rng(0))
    assert turned[0, 0].tolist() == [corner] * 3


def test_a_flip_comes_half_of_the_time() -> None:
    flips = [
        np.array_equal(augment(PICTURE, Augmentation(flip=True), np.random.default_rng(n)), PICTURE) for n in range(40)
    ]
    assert 10 < sum(flips) < 30


def test_grey_has_three_equal_channels() -> None:
    grey = augment(PICTURE, Augmentation(grey_share=1.0), np.random.default_rng(0))
    assert (grey == grey[..., :1]).all()


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UserMustActError, match="expected one of none, mild"):
        find_augmentation("wild")
