import numpy as np
import pytest

from coopwatch.vision.card import Input
from coopwatch.workbench.learning.augment import AUGMENTATIONS, Augmentation
from coopwatch.workbench.learning.batches import Batches

FORM = Input(height=6, width=6, offset=0.0, scale=1.0)
PIXELS = np.arange(10, dtype=np.uint8)[:, None, None, None] * np.ones((1, 6, 6, 3), np.uint8)
TRUE = np.array([0] * 8 + [1] * 2)
TARGET = np.eye(2, dtype=np.float32)[TRUE]


def batches(recipe: Augmentation | None) -> Batches:
    return Batches(PIXELS, TARGET, form=FORM, batch_size=4, seed=3, recipe=recipe)


def seen(fed: Batches) -> list[int]:
    return [int(picture[0, 0, 0]) for index in range(len(fed)) for picture in fed[index][0]]


def test_every_picture_comes_once_an_epoch() -> None:
    assert len(batches(None)) == 3
    assert seen(batches(None)) == list(range(10))
    assert sorted(seen(batches(AUGMENTATIONS["none"]))) == list(range(10))


def test_each_epoch_has_an_order_of_its_own_and_each_run_the_same_orders() -> None:
    once, again = batches(AUGMENTATIONS["none"]), batches(AUGMENTATIONS["none"])
    first = seen(once)
    once.on_epoch_end()
    assert seen(once) != first
    again.on_epoch_end()
    assert seen(again) == seen(once)


def test_a_batch_is_the_same_in_whatever_order_batches_are_asked_for() -> None:
    forwards, backwards = batches(AUGMENTATIONS["mild"]), batches(AUGMENTATIONS["mild"])
    ahead = [forwards[index][0] for index in range(3)]
    behind = [backwards[index][0] for index in (2, 1, 0)][::-1]
    assert all(np.array_equal(a, b) for a, b in zip(ahead, behind, strict=True))


def test_every_label_weighs_the_same() -> None:
    fed = batches(None)
    weights = np.concatenate([fed[index][2] for index in range(3)])
    assert weights[TRUE == 0].sum() == weights[TRUE == 1].sum() == 5


def test_a_label_without_pictures_takes_no_weight_from_the_others() -> None:
    fed = Batches(PIXELS, np.eye(5, dtype=np.float32)[TRUE], form=FORM, batch_size=10, seed=0, recipe=None)
    assert fed[0][2].sum() == 10


def mixed(pseudo: int, *, batch_size: int = 4, share: float = 0.25) -> Batches:
    return Batches(
        PIXELS,
        TARGET,
        form=FORM,
        batch_size=batch_size,
        seed=3,
        recipe=AUGMENTATIONS["none"],
        is_pseudo=np.arange(10) < pseudo,
        pseudo_share=share,
    )


@pytest.mark.parametrize(("pseudo", "share"), [(1, 0.25), (4, 0.25), (7, 0.25), (4, 0.5), (4, 0.05)])
def test_what_a_model_labelled_is_its_share_of_every_batch(pseudo: int, share: float) -> None:
    fed = mixed(pseudo, share=share)
    each = [[int(picture[0, 0, 0]) < pseudo for picture in fed[index][0]] for index in range(len(fed))]
    assert all(sum(batch) == max(1, round(4 * share)) for batch in each[:-1])
    assert 1 <= sum(each[-1]) <= sum(each[0])
    assert sorted(picture for picture in seen(fed) if picture >= pseudo) == list(range(pseudo, 10))


def test_the_pictures_that_a_model_labelled_take_turns() -> None:
    fed = mixed(3)
    assert sorted(picture for picture in seen(fed) if picture < 3) == [0, 1, 2]


@pytest.mark.parametrize("pseudo", [0, 3])
def test_a_batch_may_be_larger_than_the_data(pseudo: int) -> None:
    fed = mixed(pseudo, batch_size=500)
    assert len(fed) == 1
    assert sorted(seen(fed)) == list(range(10))
