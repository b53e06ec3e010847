from coopwatch.workbench.networks.registry import NETWORKS


def test_the_layers_are_the_articles_in_their_order() -> None:
    network = NETWORKS["smallvgg"]
    model = network.build(network.input, 3)
    convolution = ["Conv2D", "BatchNormalization"]
    end = ["MaxPooling2D", "Dropout"]
    assert [type(layer).__name__ for layer in model.layers] == [
        *convolution, *end,
        *convolution * 2, *end,
        *convolution * 3, *end,
        "Flatten", "Dense", "BatchNormalization", "Dropout", "Dense",
    ]  # fmt: skip
    assert [layer.filters for layer in model.layers if type(layer).__name__ == "Conv2D"] == [32, 64, 64, 128, 128, 128]
    assert model.output_shape == (None, 3)
    assert model.layers[-5].output.shape == (None, 8 * 8 * 128)
