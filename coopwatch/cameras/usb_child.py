"""The disposable process that reads one USB camera: orders in and frames out, in the words of `child_talk`.

OpenCV reads it, since the FFmpeg of PyAV's wheels cannot. Its calls can block for ever too, once a cable is loose.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2

from coopwatch.cameras.child_talk import Requests, say, say_picture
from coopwatch.cameras.trouble import Trouble


def main() -> None:
    """Read the ordered device until it ends, or until the parent closes stdin or is gone."""
    requests = Requests.listen()
    say({"trouble": _read(requests.order, requests).name})


def _read(order: Mapping[str, Any], requests: Requests) -> Trouble:
    device, driver = order["url"], getattr(cv2, f"CAP_{order['options']['driver']}")
    if (fault := _fault(Path(device))) is not None:
        return fault
    capture = cv2.VideoCapture(device, driver)
    if not capture.isOpened():
        return Trouble.NOT_A_CAMERA
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # not every driver obeys
    say({"opened": True})
    # Every frame is taken from the driver, so that the next one is new; it is decoded only when it is wanted.
    while capture.grab():
        if not requests.wanted.is_set():
            continue
        is_whole, picture = capture.retrieve()
        if is_whole:
            requests.wanted.clear()
            say_picture(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).data, *picture.shape[:2])
    return Trouble.ENDED


def _fault(device: Path) -> Trouble | None:
    if not device.exists():
        return Trouble.NO_DEVICE
    return None if os.access(device, os.R_OK | os.W_OK) else Trouble.NOT_ALLOWED


if __name__ == "__main__":
    main()
