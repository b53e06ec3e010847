"""What a network library raised goes in; why the camera gives no picture, in a keeper's words, comes out."""

import errno
import socket
from collections.abc import Iterator
from enum import Enum


class Trouble(Enum):
    """Why a camera gives no picture; the value is what a keeper reads after the camera's address."""

    WRONG_PASSWORD = "wrong user name or password, or none given; check `username` and the password"  # noqa: S105 (a sentence)
    FORBIDDEN = "this user may not see the picture (403); give the user more rights in the camera"
    NOT_FOUND = "the camera has no such address (404); check the path in `source`"
    UNKNOWN_HOST = "no machine has this name; check the host name in `source`"
    REFUSED = "connection refused; check the port in `source` and that the camera is on"
    NO_ROUTE = "no route to the camera; check the network"
    TIMED_OUT = "no answer in time; check that the camera is on and its network reaches here"
    HUNG_UP = "the camera hung up"
    UNTRUSTED = "its certificate is not trusted; install the one that signed it in the system, or use http://"
    NOT_A_STREAM = "what it sends is not a video stream; check `source`"
    NO_PICTURE = "connected, but no picture came in time"
    FROZEN = "no new picture came in time"
    LAGGING = "its pictures come too late; let the camera send fewer or smaller ones"
    NO_DEVICE = "no such camera is plugged in; `ls /dev/v4l/by-id` shows those that are"
    NOT_ALLOWED = "this user may not use the device; add the user of coopwatch to the group `video`"
    NOT_A_CAMERA = "the device gives no picture; another program may use it, or it is no camera"
    ENDED = "the stream ended"
    READER_DIED = "the reader of the stream died"


_BY_TYPE = {
    socket.gaierror: Trouble.UNKNOWN_HOST,
    ConnectionRefusedError: Trouble.REFUSED,
    TimeoutError: Trouble.TIMED_OUT,
    ConnectionError: Trouble.HUNG_UP,  # after the refusal, which is one of them
}
_NO_ROUTE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN)


def trouble_in(error: BaseException) -> Trouble | None:
    """The trouble named by the system's error somewhere behind `error`; None if there is none that we know."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno in _NO_ROUTE:
            return Trouble.NO_ROUTE
        if type(cause).__name__ == "SSLCertVerificationError":  # importing ssl would cost each stream's child 5 MB
            return Trouble.UNTRUSTED
        for kind, trouble in _BY_TYPE.items():
            if isinstance(cause, kind):
                return trouble
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, the members of a group, and whatever they were raised from."""
    waiting = [error]
    while waiting:
        found = waiting.pop()
        yield found
        if isinstance(found, BaseExceptionGroup):
            waiting.extend(found.exceptions)
        behind = found.__cause__ or found.__context__
        if behind is not None:
            waiting.append(behind)
