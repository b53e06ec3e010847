import math

import pytest

from coopwatch.errors import ModelError
from coopwatch.workbench.export.parity import Parity, require_parity


@pytest.mark.parametrize(
    ("count", "same", "suffices"),
    [
        (400, 400, True),
        (400, 398, True),  # 99.5 %
        (400, 397, False),
        (30, 29, True),  # one near tie among few
        (30, 28, False),
        (10, 9, False),
        (10, 10, True),
    ],
)
def test_an_export_must_name_nearly_all_pictures_alike(count: int, same: int, suffices: bool) -> None:
    assert Parity(count=count, same=same, largest_difference=0.1).suffices is suffices


def test_probabilities_that_are_no_numbers_never_suffice() -> None:
    assert not Parity(count=100, same=100, largest_difference=math.nan).suffices


def test_a_refusal_says_the_counts() -> None:
    with pytest.raises(ModelError, match="names 90 of 100 pictures as the trained one does"):
        require_parity(Parity(count=100, same=90, largest_difference=0.4))
