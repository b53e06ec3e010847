"""The disposable process that reads one stream: an order and requests come in by stdin, frames go out by stdout.

In: a line of JSON, a `StreamOrder`; then an empty line whenever a frame is wanted. Out, each a line of JSON:
`{"opened": true}` once; for each request a head `{"height", "width", "age_seconds"}` and after it the RGB bytes of the
newest frame not sent before; at last `{"trouble": ...}`, the name of a `Trouble` or else a sentence.

It imports little, because each camera pays for it, and it holds the password, so it writes nothing else anywhere.
"""

import errno
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import av
from av.container import InputContainer
from av.video.frame import VideoFrame

from coopwatch.cameras.key_frames import KeyFrameDecoder
from coopwatch.cameras.trouble import Trouble, trouble_in

_BY_TYPE: dict[type[av.FFmpegError], Trouble] = {
    av.HTTPUnauthorizedError: Trouble.WRONG_PASSWORD,
    av.HTTPForbiddenError: Trouble.FORBIDDEN,
    av.HTTPNotFoundError: Trouble.NOT_FOUND,
    av.ExitError: Trouble.TIMED_OUT,  # what PyAV's own time-outs raise
    av.InvalidDataError: Trouble.NOT_A_STREAM,
}


def main() -> None:
    """Read the ordered stream until it ends, or until the parent closes stdin or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends this process
    order = json.loads(sys.stdin.readline())
    wanted = threading.Event()
    threading.Thread(target=_listen, args=(wanted,), name="requests", daemon=True).start()
    try:
        _read(order, wanted)
        trouble = Trouble.ENDED.name
    except av.FFmpegError as error:
        trouble = _name_trouble(error, order["url"])
    _say({"trouble": trouble})


def _listen(wanted: threading.Event) -> None:
    while sys.stdin.readline():
        wanted.set()
    os._exit(0)  # the parent is gone; the stream may hang in a call that nothing else ends


def _read(order: Mapping[str, Any], wanted: threading.Event) -> None:
    """Drain the stream without a stop, so that the newest frame is new, and hand it out when it is wanted."""
    with _open(order) as container:
        if not container.streams.video:
            raise av.InvalidDataError(0, "no pictures in the stream")
        _say({"opened": True})
        stream = container.streams.video[0]
        stream.thread_count = 1  # more threads would hold more frames back, in memory and in time
        decoder = KeyFrameDecoder(stream.codec_context, every_seconds=order["every_seconds"])
        newest: VideoFrame | None = None
        read_at = 0.0
        for packet in container.demux(stream):
            try:
                frame = decoder.decode(packet)
            except av.InvalidDataError:
                continue  # damaged on its way; if no packet is whole any more, the parent's deadline ends this
            if frame is not None:
                newest, read_at = frame, time.monotonic()
            if newest is not None and wanted.is_set():
                wanted.clear()
                _send(newest, age_seconds=time.monotonic() - read_at)
                newest = None


def _open(order: Mapping[str, Any]) -> InputContainer:
    url = _with_password(order["url"], order["username"], order["password"])
    timeout = (order["deadlines"]["open_seconds"], order["deadlines"]["silence_seconds"])
    began = time.monotonic()
    try:
        return av.open(url, format=order["format"], options=order["options"], timeout=timeout)
    except av.InvalidDataError as error:
        if time.monotonic() - began < timeout[0]:
            raise
        # FFmpeg tells of silence until the deadline as if it had received nonsense.
        raise av.ExitError(errno.ETIMEDOUT, "no answer before the deadline") from error


def _send(frame: VideoFrame, *, age_seconds: float) -> None:
    picture = frame.reformat(format="rgb24")
    plane = picture.planes[0]
    row = picture.width * 3
    _say({"height": picture.height, "width": picture.width, "age_seconds": age_seconds})
    view = memoryview(plane)
    for start in range(0, plane.line_size * picture.height, plane.line_size):
        sys.stdout.buffer.write(view[start : start + row])
    sys.stdout.buffer.flush()


def _say(message: Mapping[str, object]) -> None:
    sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
    sys.stdout.buffer.flush()


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
    except OSError:
        return False


if __name__ == "__main__":
    main()
