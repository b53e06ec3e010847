import keras
import numpy as np
import pytest

from coopwatch.vision.card import Input
from coopwatch.workbench.export.litert import LiteRTGraph
from coopwatch.workbench.export.to_litert import export_litert
from coopwatch.workbench.networks.heads import pooled
from coopwatch.workbench.networks.registry import NETWORKS


@pytest.mark.parametrize(
    ("name", "form", "labels", "most_bytes"),
    [
        ("neurocoop", Input(height=48, width=40), 4, 260_000),  # 231,000 weights of 8 bits
        ("neurocoop_dropout", Input(height=48, width=40), 4, 260_000),
        ("linear", Input(height=32, width=32), 4, 20_000),
        ("simple_nn", Input(height=32, width=32), 3, 3_700_000),  # 3,673,091 weights
        ("mynet", Input(height=28, width=28), 2, 480_000),
        ("mynet_500", Input(height=28, width=28), 2, 1_190_000),
        ("smallvgg", Input(height=32, width=32), 3, 1_520_000),
    ],
)
def test_an_export_has_8_bit_weights_and_answers_as_the_network(
    name: str, form: Input, labels: int, most_bytes: int
) -> None:
    keras.utils.set_random_seed(2)
    require_alike(NETWORKS[name].build(form, labels), form, most_bytes)


def test_a_backbone_with_what_it_learnt_elsewhere_keeps_its_features() -> None:
    network = NETWORKS["efficientnet_lite0"]
    assert network.backbone is not None
    form = network.at_size((64, 64))
    require_alike(pooled(network.backbone.build(form, True)), form, 4_200_000)


def require_alike(model: keras.Model, form: Input, most_bytes: int) -> None:
    exported = export_litert(model)
    assert len(exported) < most_bytes
    picture = np.random.default_rng(0).normal(size=(form.height, form.width, 3)).astype(np.float32)
    ours = np.asarray(model(picture[np.newaxis], training=False))[0]
    theirs = LiteRTGraph(exported).run(picture)
    assert theirs.shape == ours.shape
    assert np.corrcoef(ours, theirs)[0, 1] > 0.98
