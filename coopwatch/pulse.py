"""Says that the daemon's heart beats: to systemd, and by a file that a container's health check reads."""

import logging
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

HEARTBEAT_FILE = "heartbeat"


class Pulse:
    """The first beat says READY=1.

    The protocol is that of systemd's sd_notify(3): datagrams to the socket that NOTIFY_SOCKET names.
    """

    def __init__(self, data_dir: Path, *, environment: Mapping[str, str] = os.environ) -> None:
        self._file = data_dir / HEARTBEAT_FILE
        self._forget()  # that of the last run says nothing of this one
        self._address = environment.get("NOTIFY_SOCKET", "")
        self.is_ready = False  # whether it beat once

    def beat(self, status: str) -> None:
        """All is as it should be; `status` is a line worth reading."""
        try:
            self._file.touch()
            self._notify(*([] if self.is_ready else ["READY=1"]), "WATCHDOG=1", f"STATUS={status}")
        except OSError as error:
            log.warning("The heartbeat cannot be told: %s", error)  # whoever waits for it will notice
        self.is_ready = True

    def miss(self, trouble: str) -> None:
        """No beat, and why; else `systemctl status` would say that all is well until the watchdog fires."""
        with suppress(OSError):  # the beat that does not come tells it too
            self._notify(f"STATUS={trouble}")

    def stop(self) -> None:
        """The daemon is stopping."""
        with suppress(OSError):  # it ends all the same, perhaps since a disk is gone
            self._forget()  # what comes next must not be taken for healthy before it is
            self._notify("STOPPING=1")

    def _forget(self) -> None:
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:  # a worn memory card is read-only by now, and the daemon is to end all the same
            log.warning("The heartbeat's file cannot be removed: %s", error)

    def _notify(self, *lines: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify:
            notify.sendto("\n".join(lines).encode(), address)
