"""The times that a stream gives its packets and the moments they arrive at go in; how far it lags behind comes out."""

_JUMP_SECONDS = 30.0  # a camera that sets its clock jumps farther than any queue holds


class Lag:
    """Seconds that a stream lies behind its own best: it grows while packets wait in the camera, on the way, or here.

    The delay that even the promptest packet has cannot be known, and is not counted.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._least: float | None = None  # arrival less stamp of the promptest packet

    def take(self, *, stamp: float | None, arrived: float) -> None:
        """Note a packet: the stream's own seconds, None where it tells none, and our monotonic ones."""
        if stamp is None:
            return
        delay = arrived - stamp
        if self._least is None or abs(delay - self._least - self.seconds) > _JUMP_SECONDS:
            self._least = delay  # the first packet, or the camera's clock was set: measure anew
        self._least = min(self._least, delay)
        self.seconds = delay - self._least
