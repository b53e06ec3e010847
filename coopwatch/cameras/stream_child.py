"""The disposable process that reads one stream with FFmpeg: orders in and frames out, in the words of `child_talk`.

It imports little, because each camera pays for it, and it holds the password, so it writes nothing else anywhere.
"""

import errno
import socket
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import av
from av.container import InputContainer
from av.video.frame import VideoFrame

from coopwatch.cameras.child_talk import Requests, say, say_picture
from coopwatch.cameras.key_frames import KeyFrameDecoder
from coopwatch.cameras.lag import Lag
from coopwatch.cameras.trouble import Trouble, trouble_in

LATE_SECONDS = 2.0  # a stream that lags so far behind is decoded by key frames alone, until it has caught up

_BY_TYPE: dict[type[av.FFmpegError], Trouble] = {
    av.HTTPUnauthorizedError: Trouble.WRONG_PASSWORD,
    av.HTTPForbiddenError: Trouble.FORBIDDEN,
    av.HTTPNotFoundError: Trouble.NOT_FOUND,
    av.ExitError: Trouble.TIMED_OUT,  # what PyAV's own time-outs raise
    av.InvalidDataError: Trouble.NOT_A_STREAM,
}


def main() -> None:
    """Read the ordered stream until it ends, or until the parent closes stdin or is gone."""
    requests = Requests.listen()
    try:
        _read(requests)
        trouble = Trouble.ENDED.name
    except av.FFmpegError as error:
        trouble = _name_trouble(error, requests.order["url"])
    say({"trouble": trouble})


def _read(requests: Requests) -> None:
    """Drain the stream without a stop, so that the newest frame is new, and hand it out when it is wanted."""
    with _open(requests.order) as container:
        if not container.streams.video:
            raise av.InvalidDataError(0, "no pictures in the stream")
        say({"opened": True})
        stream = container.streams.video[0]
        stream.thread_count = 1  # more threads would hold more frames back, in memory and in time
        decoder = KeyFrameDecoder(stream.codec_context, every_seconds=requests.order["every_seconds"])
        lag = Lag()
        for packet in container.demux(stream):
            stamp = None if packet.dts is None else float(packet.dts * packet.time_base)
            lag.take(stamp=stamp, arrived=time.monotonic())
            decoder.take(packet, is_late=lag.seconds > LATE_SECONDS)
            if requests.wanted.is_set() and (newest := decoder.newest()) is not None:
                requests.wanted.clear()
                _give(*newest, lag.seconds)
                del newest  # megabytes


def _give(frame: VideoFrame, age_seconds: float, lag_seconds: float) -> None:
    picture = frame.reformat(format="rgb24")
    size = (picture.height, picture.width)
    say_picture(memoryview(picture.planes[0]), *size, age_seconds=age_seconds, lag_seconds=lag_seconds)


def _open(order: Mapping[str, Any]) -> InputContainer:
    url = _with_password(order["url"], order["username"], order["password"])
    timeout = (order["deadlines"]["open_seconds"], order["deadlines"]["silence_seconds"])
    began = time.monotonic()
    try:
        return av.open(url, options=order["options"], timeout=timeout)
    except av.InvalidDataError as error:
        if time.monotonic() - began < timeout[0]:
            raise
        # FFmpeg tells of silence until the deadline as if it had received nonsense.
        raise av.ExitError(errno.ETIMEDOUT, "no answer before the deadline") from error


def _with_password(url: str, username: str | None, password: str | None) -> str:
    if username is None and password is None:
        return url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    login = f"{quote(username or '', safe='')}:{quote(password or '', safe='')}"
    return urlunsplit(parts._replace(netloc=f"{login}@{host}"))


def _name_trouble(error: av.FFmpegError, url: str) -> str:
    """The name of a trouble, or FFmpeg's own words; never the error's whole text, which repeats the address."""
    if error.errno == errno.EIO and not _has_address(url):
        return Trouble.UNKNOWN_HOST.name  # FFmpeg tells a host name that does not resolve like any other fault
    trouble = _BY_TYPE.get(type(error)) or trouble_in(error)
    return trouble.name if trouble else str(error.strerror)


def _has_address(url: str) -> bool:
    host = urlsplit(url).hostname
    try:
        return host is None or bool(socket.getaddrinfo(host, None))
    except (OSError, UnicodeError):  # the latter: two dots in a row, or a part of more than 63 letters
        return False


if __name__ == "__main__":
    main()
