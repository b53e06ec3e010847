import pytest

from coopwatch.cameras.lag import Lag


@pytest.mark.parametrize(
    ("packets", "seconds"),
    [
        pytest.param([(0, 100), (1, 101), (2, 102)], 0, id="in time"),
        pytest.param([(0, 100), (1, 100), (2, 100), (3, 101)], 0, id="a burst at connecting is no lag"),
        pytest.param([(0, 100), (1, 101), (2, 107)], 5, id="packets that waited"),
        pytest.param([(0, 100), (1, 101), (2, 107), (8, 108)], 0, id="caught up"),
        pytest.param([(0, 100), (1, 101), (90_000, 102)], 0, id="the camera's clock was set on"),
        pytest.param([(90_000, 100), (1, 101), (2, 102)], 0, id="the camera's clock was set back"),
        pytest.param([(None, 100), (None, 900)], 0, id="a stream without times"),
    ],
)
def test_a_lag_is_what_packets_come_later_than_the_promptest(
    packets: list[tuple[float | None, float]], seconds: float
) -> None:
    lag = Lag()
    for stamp, arrived in packets:
        lag.take(stamp=stamp, arrived=arrived)
    assert lag.seconds == seconds
