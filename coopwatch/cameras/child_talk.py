"""What a camera's parent process says goes in by stdin; what its disposable child answers goes out by stdout.

In: a line of JSON, a `StreamOrder`; then an empty line whenever a frame is wanted. Out, each a line of JSON:
`{"opened": true}` once; for each request a head `{"height", "width", "age_seconds", "lag_seconds"}` and after it the
RGB bytes of the newest frame not sent before; at last `{"trouble": ...}`, the name of a `Trouble` or else a sentence.

It imports little, because each camera pays for it.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """What the parent wants."""

    order: Mapping[str, Any]
    wanted: threading.Event  # set while a frame is wanted

    @classmethod
    def listen(cls) -> Self:
        """Read the order, then note wishes in a thread, until the parent is gone: then this process ends at once."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends this process
        requests = cls(order=json.loads(sys.stdin.readline()), wanted=threading.Event())
        threading.Thread(target=_note, args=(requests.wanted,), name="requests", daemon=True).start()
        return requests


def say(message: Mapping[str, object]) -> None:
    """Send a line."""
    sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
    sys.stdout.buffer.flush()


def say_picture(
    rows: memoryview, height: int, width: int, *, age_seconds: float = 0.0, lag_seconds: float = 0.0
) -> None:
    """Send the head of a picture and its RGB bytes; its rows may be longer than the picture is wide."""
    say({"height": height, "width": width, "age_seconds": age_seconds, "lag_seconds": lag_seconds})
    view = rows.cast("B")
    step = len(view) // height
    for start in range(0, step * height, step):
        sys.stdout.buffer.write(view[start : start + 3 * width])
    sys.stdout.buffer.flush()


def _note(wanted: threading.Event) -> None:
    while sys.stdin.readline():
        wanted.set()
    os._exit(0)  # the camera may hang in a call that nothing else ends
