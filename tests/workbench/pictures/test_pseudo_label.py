from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import numpy as np
import pytest
from fakes.models import tiny_card

from coopwatch.errors import DatasetError
from coopwatch.values import Pixels
from coopwatch.workbench.pictures.dataset import read_dataset
from coopwatch.workbench.pictures.pseudo_label import PseudoLabels, pseudo_label, require_place, write_table
from coopwatch.workbench.progress import Silent

Draw = Callable[..., Path]


def by_colour(pixels: Pixels) -> np.ndarray:
    """Sure of red, less so of white, undecided about the rest; the card's labels are red_twin, egg, empty."""
    red, green, _ = pixels.mean(axis=(0, 1))
    return np.array([0.97, 0.02, 0.01] if red > 2 * green else [0.05, 0.93, 0.02] if red > 180 else [0.3, 0.3, 0.4])


def ask(*paths: Path, above: float = 0.9) -> PseudoLabels:
    return pseudo_label(paths, by_colour, tiny_card(), above=above, zone=UTC, progress=Silent())


def test_only_sure_answers_become_rows_that_say_who_gave_them(draw: Draw, tmp_path: Path) -> None:
    said = ask(draw(days=2))
    assert (len(said.sure), said.unsure) == (12, 6)
    write_table(tmp_path / "sure.csv", said.sure)
    read = read_dataset([tmp_path / "sure.csv"])
    assert read.counts == {"egg": 6, "red_twin": 6}
    assert {(one.label, one.origin, one.probability) for one in read.pictures} == {
        ("egg", "pseudo", 0.93),
        ("red_twin", "pseudo", 0.97),
    }
    assert {one.path.parent.name for one in read.pictures} == {"egg", "red_twin"}
    assert all(one.day for one in read.pictures)
    assert len(ask(tmp_path / "photos", above=0.95).sure) == 6


def test_a_picture_is_asked_about_once_and_an_unreadable_one_is_named(draw: Draw) -> None:
    folder = draw(days=1, pictures=1)
    (folder / "egg" / "again.jpg").write_bytes((folder / "egg" / "2026-05-01_0600.jpg").read_bytes())
    bad = folder / "bad.jpg"
    bad.write_bytes(b"no picture")
    said = ask(folder)
    assert len(said.sure) == 2
    assert said.unreadable == (bad,)


def test_a_name_that_is_no_text_fits_in_no_table_and_is_named(draw: Draw) -> None:
    folder = draw(days=1, pictures=1)
    odd = folder / b"h\xfchner.jpg".decode("utf-8", "surrogateescape")
    (folder / "egg" / "2026-05-01_0600.jpg").rename(odd)
    assert ask(folder).unreadable == (odd,)


def test_what_people_labelled_is_not_overwritten(tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    require_place(table)
    table.write_text("file,label,origin\na.jpg,egg,pseudo\n")
    require_place(table)
    table.write_text("file,label\na.jpg,egg\n")
    for place, said in (
        (table, "a table of labels that people gave"),
        (tmp_path / "labels", "no name of a table"),
        (tmp_path / "nowhere" / "labels.csv", "a place in no folder"),
    ):
        with pytest.raises(DatasetError, match=said):
            require_place(place)


@pytest.mark.parametrize(("name", "said"), [("nowhere", "nothing there"), ("nothing", "no pictures")])
def test_no_pictures_are_refused(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(DatasetError, match=said):
        ask(tmp_path / name)
