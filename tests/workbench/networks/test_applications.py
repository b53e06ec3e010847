"""The figures are those of the reference articles; Keras counts them without making the numbers."""

from collections.abc import Iterator

import keras
import numpy as np
import pytest

from coopwatch.errors import UserMustActError
from coopwatch.vision.card import Input
from coopwatch.vision.preprocess import scale_input
from coopwatch.workbench.networks.heads import pooled, unfreeze_last_block, with_dense_head
from coopwatch.workbench.networks.network import Backbone, Network, count_trainable
from coopwatch.workbench.networks.registry import NETWORKS

NAMES = ("mobilenet", "mobilenet_v2", "resnet50", "vgg16", "xception")
ARTICLE = Input(height=150, width=150, scale=1.0)


@pytest.fixture
def no_numbers() -> Iterator[None]:
    """Networks have shapes and names, and no weights: VGG16's would be 0.5 GB."""
    with keras.StatelessScope():
        yield


def backbone_of(name: str) -> tuple[Network, Backbone]:
    network = NETWORKS[name]
    assert network.backbone is not None
    return network, network.backbone


@pytest.mark.usefixtures("no_numbers")
def test_vgg16_has_the_articles_number_of_parameters_with_its_top_and_without() -> None:
    _, backbone = backbone_of("vgg16")
    assert keras.applications.VGG16(weights=None).count_params() == 138_357_544
    assert backbone.build(ARTICLE, False).count_params() == 14_714_688


@pytest.mark.usefixtures("no_numbers")
def test_a_frozen_vgg16_learns_its_head_alone_and_finetuned_its_fifth_block_too() -> None:
    _, backbone = backbone_of("vgg16")
    base = backbone.build(ARTICLE, False)
    base.trainable = False
    model = with_dense_head(base, backbone.head, 1, activation="sigmoid")  # the article's single unit for two labels
    assert (model.count_params(), count_trainable(model)) == (16_812_353, 2_097_665)
    unfreeze_last_block(model, backbone)
    assert count_trainable(model) - 2_097_665 == 7_079_424


@pytest.mark.usefixtures("no_numbers")
def test_the_head_on_mobilenet_is_the_articles() -> None:
    network, backbone = backbone_of("mobilenet")
    base = backbone.build(network.input, False)
    assert base.count_params() == 3_228_864
    model = with_dense_head(base, backbone.head, 3)
    assert [type(layer).__name__ for layer in model.layers[-4:]] == ["Flatten", "Dense", "Dropout", "Dense"]
    assert model.count_params() - base.count_params() == (7 * 7 * 1024 * 64 + 64) + (64 * 3 + 3)
    assert model.get_layer("dropout").rate == 0.25


@pytest.mark.usefixtures("no_numbers")
@pytest.mark.parametrize("name", NAMES)
def test_finetuning_learns_the_last_block_and_no_normalisation(name: str) -> None:
    network, backbone = backbone_of(name)
    base = backbone.build(network.at_size((network.smallest, network.smallest)), False)
    unfreeze_last_block(base, backbone)
    learnt = [layer for layer in base.layers if layer.trainable and layer.weights]
    assert learnt[0].name == backbone.last_block
    assert 0 < count_trainable(base) < 0.5 * base.count_params()
    assert not any(isinstance(layer, keras.layers.BatchNormalization) for layer in learnt)


@pytest.mark.usefixtures("no_numbers")
@pytest.mark.parametrize("name", NAMES)
def test_the_smallest_size_builds_and_a_smaller_one_is_refused(name: str) -> None:
    network, backbone = backbone_of(name)
    side = network.smallest
    assert pooled(backbone.build(network.at_size((side, side)), False)).output_shape[-1] >= 512
    with pytest.raises(UserMustActError, match=rf"--size: received {side - 1}x99, expected at least {side}x{side}"):
        network.at_size((side - 1, 99))


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("mobilenet", keras.applications.mobilenet.preprocess_input),
        ("mobilenet_v2", keras.applications.mobilenet_v2.preprocess_input),
        ("resnet50", keras.applications.resnet50.preprocess_input),
        ("vgg16", keras.applications.vgg16.preprocess_input),
        ("xception", keras.applications.xception.preprocess_input),
    ],
)
def test_pixels_are_prepared_as_the_network_was_trained(name: str, own: object) -> None:
    network, backbone = backbone_of(name)
    form = network.at_size((network.smallest, network.smallest))
    pixels = np.random.default_rng(0).integers(0, 256, (1, form.height, form.width, 3), dtype=np.uint8)
    with keras.StatelessScope():
        base = backbone.build(form, False)
    entered = base.layers[1].output if base.layers[1].name == "less_means" else base.input
    given = keras.Model(base.input, entered)(scale_input(pixels, form)) if entered is not base.input else None
    ours = scale_input(pixels, form) if given is None else np.asarray(given)
    assert np.allclose(ours, own(pixels.astype(np.float32)), atol=1e-3)


def test_imagenets_weights_that_cannot_be_fetched_are_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: object, **__: object) -> str:
        raise Exception("URL fetch failure on somewhere: None -- no network")

    for module in (keras.src.applications.vgg16,):
        monkeypatch.setattr(module.file_utils, "get_file", offline)
    network, backbone = backbone_of("vgg16")
    with pytest.raises(UserMustActError, match=r"--weights imagenet: received URL fetch failure.*--weights FILE"):
        backbone.build(network.at_size((32, 32)), True)
