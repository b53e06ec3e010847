import numpy as np
import pytest

from coopwatch.vision.card import Input
from coopwatch.workbench.networks.registry import NETWORKS

# The article's table: layer, output, parameters.
TABLE = [
    ("BatchNormalization", (700, 400, 3), 2_800),
    ("Conv2D", (698, 398, 32), 896),
    ("BatchNormalization", (698, 398, 32), 2_792),
    ("MaxPooling2D", (232, 132, 32), 0),
    ("Conv2D", (230, 130, 64), 18_496),
    ("BatchNormalization", (230, 130, 64), 920),
    ("MaxPooling2D", (76, 43, 64), 0),
    ("Flatten", (209_152,), 0),
    ("Dense", (200,), 41_830_600),
    ("BatchNormalization", (200,), 800),
    ("Dense", (8,), 1_608),
]
ARTICLE = Input(height=700, width=400)


def test_every_layer_has_the_articles_shape_and_number_of_parameters() -> None:
    model = NETWORKS["neurocoop"].build(ARTICLE, 8)
    rows = [(type(layer).__name__, tuple(layer.output.shape[1:]), layer.count_params()) for layer in model.layers]
    assert rows == TABLE
    assert model.count_params() == 41_858_912
    assert sum(int(np.prod(weight.shape)) for weight in model.trainable_weights) == 41_855_256
    assert sum(int(np.prod(weight.shape)) for weight in model.non_trainable_weights) == 3_656


def test_the_deployed_net_takes_400x800_and_names_11() -> None:
    network = NETWORKS["neurocoop"]
    assert (network.input.height, network.input.width) == (400, 800)
    assert network.build(network.input, 11).output_shape == (None, 11)


def test_dropout_stands_after_the_second_and_the_third_normalisation() -> None:
    model = NETWORKS["neurocoop_dropout"].build(ARTICLE, 8)
    names = [type(layer).__name__ for layer in model.layers]
    rates = [layer.rate for layer in model.layers if type(layer).__name__ == "Dropout"]
    assert rates == [0.3, 0.1]
    assert [name for name in names if name != "Dropout"] == [name for name, _, _ in TABLE]
    assert [names[:place].count("BatchNormalization") for place, name in enumerate(names) if name == "Dropout"] == [
        2,
        3,
    ]
    assert model.count_params() == 41_858_912


@pytest.mark.parametrize("name", ["neurocoop", "neurocoop_dropout"])
def test_the_output_is_a_probability_for_each_label(name: str) -> None:
    model = NETWORKS[name].build(Input(height=40, width=48), 3)
    answer = np.asarray(model(np.zeros((1, 40, 48, 3), np.float32), training=False))
    assert answer.shape == (1, 3)
    assert answer.sum() == pytest.approx(1, abs=1e-5)
