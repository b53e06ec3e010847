import pytest

from coopwatch.errors import DatasetError
from coopwatch.values import Role
from coopwatch.workbench.pictures.roles import make_labels, role_of


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("egg", Role.EGG),
        ("eggs", Role.EGG),
        ("egg_3", Role.EGG),
        ("empty", Role.EMPTY),
        ("other", Role.OTHER),
        ("hand", Role.OTHER),
        ("ambiguous", Role.OTHER),
        ("Rats", Role.OTHER),
        ("red_twin", Role.HEN),
        ("eggbert", Role.HEN),  # a hen may be called so
    ],
)
def test_a_labels_name_tells_its_role(name: str, role: Role) -> None:
    assert role_of(name) is role


def test_a_role_that_is_given_beats_the_name() -> None:
    labels = make_labels({"empty", "broody_one", "sparrow"}, {"sparrow": Role.OTHER})
    assert {label.name: label.role for label in labels} == {
        "broody_one": Role.HEN,
        "empty": Role.EMPTY,
        "sparrow": Role.OTHER,
    }


def test_all_eggs_are_one_label() -> None:
    with pytest.raises(DatasetError, match=r"received 2 labels of eggs .*--merge egg_1=egg"):
        make_labels({"egg", "egg_1", "empty"}, {})


def test_a_role_for_a_stranger_is_refused() -> None:
    with pytest.raises(DatasetError, match="received red_twim, expected labels of the data set"):
        make_labels({"red_twin", "egg"}, {"red_twim": Role.HEN})
