import io

import numpy as np
import pytest

from coopwatch.inference.messages import Classify, Message, Ping, Ready, Refused, packed, read


@pytest.mark.parametrize("message", [Ping(), Ready(), Refused(reason="received a crop of 12 x 3 pixels")])
def test_what_is_packed_is_read_again(message: Message) -> None:
    assert read(io.BytesIO(packed(message))) == message


def test_a_crop_keeps_its_pixels_even_as_a_view_into_a_picture() -> None:
    view = np.arange(600, dtype=np.uint8).reshape(10, 20, 3)[2:8:2, ::3]
    message = read(io.BytesIO(packed(Classify(crop=view))))
    assert isinstance(message, Classify)
    assert np.array_equal(message.crop, view)


@pytest.mark.parametrize("kept", [0, 3, 4, 20])
def test_a_message_cut_short_means_that_the_other_side_is_gone(kept: int) -> None:
    assert read(io.BytesIO(packed(Refused(reason="too small"))[:kept])) is None
