"""`mobilenet`, `mobilenet_v2`, `resnet50`, `vgg16` and `xception`: the backbones of keras.applications, a row each.

Each has the preprocessing that it was trained with. MobileNet, its second version and Xception take -1..1, which the
card's offset and scale make. ResNet50 and VGG16 take blue, green, red less ImageNet's means (Caffe's manner); that is
no single offset, so the first two operations of their graphs do it, and the card hands them plain pixels of 0..255.
"""

from collections.abc import Callable

import keras

from coopwatch.errors import UserMustActError
from coopwatch.vision.card import Input
from coopwatch.workbench.networks.heads import pooled, with_softmax
from coopwatch.workbench.networks.network import Backbone, DenseHead, Network

_BLUE_GREEN_RED_MEANS = (103.939, 116.779, 123.68)


def _around_zero(side: int) -> Input:
    return Input(height=side, width=side, offset=127.5, scale=127.5)


def _plain_pixels(side: int) -> Input:
    return Input(height=side, width=side, offset=0.0, scale=1.0)


def _as_caffe(picture: keras.KerasTensor) -> keras.KerasTensor:
    """Red, green, blue of 0..255 -> blue, green, red less their means."""
    turned = keras.ops.flip(picture, axis=-1)
    return keras.layers.Rescaling(1.0, [-mean for mean in _BLUE_GREEN_RED_MEANS], name="less_means")(turned)


def _base(name: str, make: Callable[..., keras.Model], form: Input, *, pretrained: bool, is_caffe: bool) -> keras.Model:
    picture = keras.Input((form.height, form.width, 3), name="picture")
    given = _as_caffe(picture) if is_caffe else picture
    weights = "imagenet" if pretrained else None
    try:
        base = make(include_top=False, weights=weights, input_tensor=given)
    except Exception as error:
        # Border: Keras raises a bare Exception where it cannot fetch the weights, ValueError for a broken file.
        if not pretrained:
            raise
        raise UserMustActError(
            f"--weights imagenet: received {error}, expected the weights of {name} to be fetched or found in "
            "~/.keras/models; go online, or say --weights FILE with a copy, or use efficientnet_lite0, which "
            "brings its weights along"
        ) from error
    return keras.Model(picture, base.output, name=name)


def _row(
    name: str,
    make: Callable[..., keras.Model],
    form: Input,
    *,
    source: str,
    last_block: str,
    smallest: int = 32,
    is_caffe: bool = False,
    head: DenseHead | None = None,
) -> Network:
    def build(form: Input, pretrained: bool) -> keras.Model:
        return _base(name, make, form, pretrained=pretrained, is_caffe=is_caffe)

    return Network(
        name=name,
        source=source,
        build=lambda form, labels: with_softmax(pooled(build(form, False)), labels),
        input=form,
        smallest=smallest,
        way="features",
        backbone=Backbone(build=build, last_block=last_block, head=head or DenseHead()),
    )


MOBILENET = _row(
    "mobilenet",
    keras.applications.MobileNet,
    _around_zero(224),
    source="Train and test folders, cracks, fine-tuning; Keras against PyTorch",
    last_block="conv_dw_13",
    head=DenseHead(flatten=True),
)
MOBILENET_V2 = _row(
    "mobilenet_v2",
    keras.applications.MobileNetV2,
    _around_zero(224),
    source="Sandler and others, 2018",
    last_block="block_16_expand",
)
RESNET50 = _row(
    "resnet50",
    keras.applications.ResNet50,
    _plain_pixels(224),
    source="Keras against PyTorch on a self-made network",
    last_block="conv5_block3_1_conv",
    is_caffe=True,
)
VGG16 = _row(
    "vgg16",
    keras.applications.VGG16,
    _plain_pixels(150),
    source="Reusing a trained network",
    last_block="block5_conv1",
    is_caffe=True,
    head=DenseHead(hidden=256, dropout=0.0, flatten=True),
)
XCEPTION = _row(
    "xception",
    keras.applications.Xception,
    _around_zero(299),
    source="Chollet, 2017",
    last_block="block14_sepconv1",
    smallest=71,
)
