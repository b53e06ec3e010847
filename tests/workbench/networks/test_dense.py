import pytest

from coopwatch.workbench.networks.registry import NETWORKS


@pytest.mark.parametrize(
    ("name", "labels", "parameters"),
    [
        # Counted by hand from the articles' layers, weights and biases.
        ("linear", 5, 64 * 64 * 3 * 5 + 5),
        ("simple_nn", 3, (3072 * 1024 + 1024) + (1024 * 512 + 512) + (512 * 3 + 3)),
        ("mynet", 2, (2352 * 200 + 200) + (200 * 2 + 2)),
        ("mynet_500", 2, (2352 * 500 + 500) + (500 * 2 + 2)),
    ],
)
def test_a_network_has_the_articles_number_of_parameters(name: str, labels: int, parameters: int) -> None:
    network = NETWORKS[name]
    assert network.build(network.input, labels).count_params() == parameters


@pytest.mark.parametrize(("name", "size"), [("simple_nn", 32), ("mynet", 28), ("mynet_500", 28)])
def test_pictures_are_as_small_as_in_the_articles(name: str, size: int) -> None:
    assert (NETWORKS[name].input.height, NETWORKS[name].input.width) == (size, size)
