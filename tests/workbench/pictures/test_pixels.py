from collections.abc import Callable
from pathlib import Path

import numpy as np

from coopwatch.vision.card import Input
from coopwatch.workbench.pictures.dataset import read_dataset
from coopwatch.workbench.pictures.pixels import decode_all, load_input
from coopwatch.workbench.progress import Silent

FORM = Input(height=8, width=12)


def test_every_picture_is_decoded_to_its_row(draw: Callable[..., Path]) -> None:
    dataset = read_dataset([draw()])
    prepared = decode_all(dataset.pictures, FORM, Silent())
    assert prepared.pictures == dataset.pictures
    assert prepared.values.shape == (len(dataset.pictures), 8, 12, 3)
    for row in (0, 17):
        assert np.array_equal(prepared.values[row], load_input(dataset.pictures[row], FORM))


def test_rows_are_found_again_in_any_order(draw: Callable[..., Path]) -> None:
    prepared = decode_all(read_dataset([draw()]).pictures, FORM, Silent())
    chosen = prepared.pictures[7:2:-2]
    assert prepared.rows(chosen).tolist() == [7, 5, 3]


def test_a_picture_that_does_not_decode_is_set_aside_and_the_rows_close_up(draw: Callable[..., Path]) -> None:
    folder = draw()
    bad = folder / "egg" / "2026-05-02_0600.jpg"
    bad.write_bytes(bad.read_bytes()[:200])
    dataset = read_dataset([folder])
    prepared = decode_all(dataset.pictures, FORM, Silent())
    assert prepared.unreadable == (bad,)
    assert len(prepared.pictures) == len(prepared.values) == len(dataset.pictures) - 1
    assert np.array_equal(prepared.values[-1], load_input(prepared.pictures[-1], FORM))
