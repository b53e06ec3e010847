import keras

from coopwatch.workbench.learning.layer_table import layer_table


def test_every_layer_is_a_line_with_shapes_and_parameters_and_totals_follow() -> None:
    layers = keras.layers
    picture = keras.Input((4, 6, 3), name="picture")
    x = layers.Conv2D(2, 3, name="see")(picture)
    x = layers.Flatten(name="flat")(layers.Add(name="sum")([x, x]))
    model = keras.Model(picture, layers.Dense(3, name="name")(x), name="small")
    model.get_layer("see").trainable = False
    lines = [line.split() for line in layer_table(model).splitlines()]
    assert lines[0] == ["small"]
    assert lines[3] == ["2", "see", "Conv2D", "4x6x3", "2x4x2", "56"]
    assert lines[4] == ["3", "sum", "Add", "2x4x2", "+", "2x4x2", "2x4x2", "0"]
    assert lines[6] == ["5", "name", "Dense", "16", "3", "51"]
    assert lines[-3:] == [["parameters:", "107"], ["trainable:", "51"], ["not", "trainable:", "56"]]
