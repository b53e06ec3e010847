"""The pictures by which models are compared are the same on every machine, and models differ on them."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from fakes.models import TINY_INPUT, TinyNetwork, tiny_card

from coopwatch.cli.serve import serve
from coopwatch.errors import ModelError
from coopwatch.vision.card import Input, load_model_folder
from coopwatch.vision.probe import largest_difference, probe_answers, probe_pictures
from coopwatch.vision.publish import publish_model


def test_the_pictures_are_what_they_were_when_the_first_card_was_written() -> None:
    """Else every model that is in use would be called ill."""
    drawn = b"".join(picture.tobytes() for picture in probe_pictures(Input(height=224, width=224)))
    assert hashlib.sha256(drawn).hexdigest() == "16a6f96ac914be139cf71131e15eaf6f754c045d512f09543cdf7518ed67fa65"


@pytest.mark.parametrize("form", [TINY_INPUT, Input(height=1, width=1), Input(height=28, width=400)])
def test_a_picture_of_any_size_is_one_and_none_is_like_another(form: Input) -> None:
    pictures = probe_pictures(form)
    assert {(picture.shape, picture.dtype) for picture in pictures} == {((form.height, form.width, 3), np.dtype("u1"))}
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)


def test_a_published_card_says_what_the_model_answers(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    files = {"model.tflite": tiny_network.whole}
    card = publish_model(tmp_path, tiny_card(), files, serve=serve).card
    assert largest_difference(probe_answers(serve(load_model_folder(tmp_path)), card.input), card.probe_answers) == 0
    other = publish_model(tmp_path, tiny_card("2").model_copy(update={"temperature": 0.3}), files, serve=serve).card
    assert largest_difference(other.probe_answers, card.probe_answers) > 0.05


def test_answers_that_do_not_fit_the_labels_are_refused(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    card = tiny_card().model_copy(update={"probe_answers": ((1.0,),)})
    with pytest.raises(ModelError, match="expected one a label"):
        tiny_network.publish(tmp_path, card)
