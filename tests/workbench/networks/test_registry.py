import pytest

from coopwatch.errors import UserMustActError
from coopwatch.workbench.networks.registry import NETWORKS, find_network


def test_a_network_is_found_by_its_own_name() -> None:
    for name, network in NETWORKS.items():
        assert find_network(name) is network
        assert network.name == name


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UserMustActError, match=r"received neuroccop, expected one of .*neurocoop"):
        find_network("neuroccop")
