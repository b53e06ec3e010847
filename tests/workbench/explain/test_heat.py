from collections.abc import Callable

import keras
import numpy as np
import pytest

from coopwatch.workbench.explain.activations import MOST_LAYERS, choose_layers, look_inside
from coopwatch.workbench.explain.heat import find_heat

SIDE = 16
SHAPE = (SIDE, SIDE, 3)


def red_finder(last: Callable[[keras.KerasTensor], keras.KerasTensor]) -> keras.Model:
    """Its first label is "something red", and it stands for anything but red in the second."""
    picture = keras.Input(SHAPE)
    colour = keras.layers.Conv2D(2, 1, activation="relu", name="colours")
    places = keras.layers.GlobalAveragePooling2D()(keras.layers.MaxPooling2D(2)(colour(picture)))
    model = keras.Model(picture, last(places))
    kernel = np.array([[1.0, -1.0], [-1.0, 1.0], [-1.0, 1.0]]).reshape(1, 1, 3, 2)
    colour.set_weights([kernel, np.zeros(2)])
    dense = next(layer for layer in model.layers if isinstance(layer, keras.layers.Dense))
    dense.set_weights([20 * np.eye(2), np.zeros(2)])
    return model


def dense_softmax(places: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.Dense(2, activation="softmax")(places)


def softmax_layer(places: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.Softmax()(keras.layers.Dense(2)(places))


def activation_layer(places: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.Activation("softmax")(keras.layers.Dense(2)(places))


@pytest.fixture
def red_corner() -> np.ndarray:
    numbers = np.zeros(SHAPE, np.float32)
    numbers[..., 2] = 1  # blue
    numbers[:4, :4] = (1, 0, 0)
    return numbers


@pytest.mark.parametrize("last", [dense_softmax, softmax_layer, activation_layer])
def test_heat_lies_where_the_label_comes_from(
    red_corner: np.ndarray, last: Callable[[keras.KerasTensor], keras.KerasTensor]
) -> None:
    model = red_finder(last)
    red, other = (find_heat(model, red_corner, column) for column in (0, 1))
    assert (red.method, red.layer) == ("grad_cam", "colours")
    is_red = np.zeros((SIDE, SIDE), bool)
    is_red[:4, :4] = True
    assert red.values[is_red].min() == 1
    assert red.values[~is_red].max() == 0
    assert (other.values > 0.5).tolist() == (~is_red).tolist()


def test_a_softmax_that_is_quite_sure_still_lets_a_gradient_through(red_corner: np.ndarray) -> None:
    model = red_finder(dense_softmax)
    model.layers[-1].set_weights([1e6 * np.eye(2), np.zeros(2)])
    assert find_heat(model, red_corner, 0).values.max() == 1


def test_without_convolutions_the_gradient_tells_which_pixels_count() -> None:
    dense = keras.layers.Dense(2, activation="softmax")
    model = keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(), dense])
    kernel = np.zeros((SIDE, SIDE, 3, 2))
    kernel[5, 7, 1, 0] = -3.0
    dense.set_weights([kernel.reshape(-1, 2), np.zeros(2)])
    heat = find_heat(model, np.ones(SHAPE, np.float32), 0)
    assert (heat.method, heat.layer) == ("gradient", None)
    assert np.argwhere(heat.values).tolist() == [[5, 7]]
    assert find_heat(model, np.ones(SHAPE, np.float32), 1).values.max() == 0


def test_of_many_layers_some_from_first_to_last_are_looked_at(red_corner: np.ndarray) -> None:
    layers = [keras.layers.Dense(2, name=f"layer_{number}") for number in range(40)]
    chosen = choose_layers(layers)
    assert len(chosen) == MOST_LAYERS
    assert (chosen[0], chosen[-1]) == (layers[0], layers[-1])
    inside = look_inside(red_finder(dense_softmax), red_corner)
    assert [one.values.shape for one in inside] == [(16, 16, 2), (8, 8, 2), (2,), (2,)]
