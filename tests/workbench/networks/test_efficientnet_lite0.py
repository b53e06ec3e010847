from pathlib import Path

import keras
import numpy as np
import pytest

from coopwatch.vision.picture import read_picture
from coopwatch.vision.preprocess import scale_input, to_input
from coopwatch.workbench.networks.efficientnet_lite0 import EFFICIENTNET_LITE0, build_imagenet
from coopwatch.workbench.networks.network import count_trainable

COCK, HEN = 7, 8  # ImageNet's columns


def test_the_network_has_the_published_number_of_parameters() -> None:
    with keras.StatelessScope():  # counted without any numbers
        whole = EFFICIENTNET_LITE0.build(EFFICIENTNET_LITE0.input, 1000)
        assert count_trainable(whole) == 4_652_008  # "4.7M" in the model's own table; counted in its file of weights


@pytest.mark.real
def test_photos_of_hens_are_named_hen_or_cock(real_data: Path) -> None:
    photos = sorted((real_data / "hens_and_eggs" / "images").glob("*img_chicken*"))[::4]
    form = EFFICIENTNET_LITE0.at_size((224, 224))
    model = build_imagenet()
    batch = np.stack([scale_input(to_input(read_picture(photo), form), form) for photo in photos])
    named = model.predict(batch, batch_size=16, verbose=0).argmax(axis=1)
    assert np.isin(named, [COCK, HEN]).mean() >= 0.9
