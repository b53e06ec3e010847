from collections.abc import Callable
from pathlib import Path

import pytest

from coopwatch.errors import DatasetError
from coopwatch.workbench.pictures.dataset import Reading, read_dataset
from coopwatch.workbench.pictures.pseudo_pictures import add_pseudo

Draw = Callable[..., Path]


def test_added_pictures_are_marked_as_a_models_whoever_labelled_them(draw: Draw) -> None:
    more = draw("more", days=1, labels=("egg",))
    mixed = add_pseudo(read_dataset([draw()]), [more], Reading())
    assert [picture.origin for picture in mixed.pictures].count("pseudo") == 3
    assert mixed.sources[-1] == more


def test_labels_that_the_data_set_does_not_have_are_refused_by_name(draw: Draw) -> None:
    dataset = read_dataset([draw(labels=("empty", "red_twin"))])
    with pytest.raises(DatasetError, match=r"--pseudo .*received the labels egg, expected .*--exclude egg"):
        add_pseudo(dataset, [draw("more")], Reading())
