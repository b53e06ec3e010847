"""Packets of a live stream go in; frames come out, of key packets alone where these come often enough."""

import time
from collections.abc import Callable

from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream


class KeyFrameDecoder:
    """Decodes no more than needed to have a new frame `every_seconds`.

    The pause between two key packets is measured as they arrive, since a camera's own time cannot be trusted. While it
    is not known, or longer than `every_seconds`, every packet is decoded. Each key packet decides for the packets that
    follow it: only there decoding can begin again.
    """

    def __init__(
        self,
        codec: VideoCodecContext,
        *,
        every_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._codec = codec
        self._every_seconds = every_seconds
        self._monotonic = monotonic
        self._key_at: float | None = None  # when the newest key packet came; None: decoding cannot begin yet
        self.keys_alone = False

    def decode(self, packet: "Packet[VideoStream]") -> VideoFrame | None:
        """The newest frame that this packet completes, if any.

        Raises:
            av.InvalidDataError: the packet is damaged; the next ones may be whole.
        """
        if packet.is_keyframe:
            self._measure()
        elif self.keys_alone or self._key_at is None:
            return None
        frames = self._codec.decode(packet)
        if self.keys_alone:
            # A decoder that reorders would keep the picture back until more packets come.
            frames += self._codec.decode(None)
            self._codec.flush_buffers()
        return frames[-1] if frames else None

    def _measure(self) -> None:
        now = self._monotonic()
        self.keys_alone = self._key_at is not None and now - self._key_at <= self._every_seconds
        self._key_at = now
