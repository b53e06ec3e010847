"""Packets of a live stream go in; the newest frame comes out, of key packets alone where these come often enough."""

import time
from collections import deque
from collections.abc import Callable

import av
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

_PAUSES = 2  # that count: what a server has kept comes in a burst at connecting, and would mislead alone
_SLACK = 1.1  # a key frame each second is enough for a frame each second, though it comes a little early or late


class KeyFrameDecoder:
    """Decodes no more than needed to have a new frame `every_seconds`.

    The pause between two key packets is measured as they arrive, since a camera's own time cannot be trusted. While it
    is not known, or longer than `every_seconds`, every packet is decoded as it comes. Otherwise, and where that took
    too long, a key packet is kept until its frame is asked for, and the others are left out. Each key packet decides
    for the packets that follow it: only there decoding can begin again.
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
        self._pauses: deque[float] = deque(maxlen=_PAUSES)
        self._kept: Packet[VideoStream] | None = None  # not decoded unless it is asked for
        self._frame: VideoFrame | None = None
        self._came_at = 0.0
        self.keys_alone = False

    def take(self, packet: "Packet[VideoStream]", *, is_late: bool = False) -> None:
        """Note the stream's next packet; a damaged one is passed over, since the next ones may be whole."""
        if packet.is_keyframe:
            self._measure(is_late)
        elif self.keys_alone or self._key_at is None:
            return
        if self.keys_alone:
            self._kept, self._came_at = packet, self._monotonic()
            return
        frames = self._decode(packet)
        if frames:
            self._frame, self._came_at = frames[-1], self._monotonic()

    def newest(self) -> tuple[VideoFrame, float] | None:
        """The newest frame not given before and its age in seconds; None if there is none."""
        packet, self._kept = self._kept, None
        if packet is not None:
            # A decoder that reorders would keep the picture back until more packets come.
            frames = [*self._decode(packet), *self._decode(None)]
            self._codec.flush_buffers()
            self._frame = frames[-1] if frames else None
        frame, self._frame = self._frame, None
        return None if frame is None else (frame, self._monotonic() - self._came_at)

    def _decode(self, packet: "Packet[VideoStream] | None") -> list[VideoFrame]:
        try:
            return self._codec.decode(packet)
        except av.InvalidDataError:
            return []

    def _measure(self, is_late: bool) -> None:
        now = self._monotonic()
        if self._key_at is not None:
            self._pauses.append(now - self._key_at)
        self._key_at = now
        often = len(self._pauses) == _PAUSES and max(self._pauses) <= _SLACK * self._every_seconds
        self.keys_alone = is_late or often
