"""What the daemon and its worker say to each other through a pipe: one message in, one message out."""

import pickle
import struct
from asyncio import StreamReader
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

import numpy as np
import numpy.typing as npt

from coopwatch.inference.plan import Plan
from coopwatch.values import Pixels

_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Classify:
    """Name what this crop shows."""

    crop: Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """Are you there?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The graph is built and has predicted once; also the answer to a ping."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """The calibrated probabilities, in the order of the card's labels."""

    probabilities: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The crop was not, or could not be, classified; the worker goes on."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """The model cannot be used; the worker ends."""

    reason: str


Message: TypeAlias = Plan | Classify | Ping | Ready | Classified | Refused | Unusable


def packed(message: Message) -> bytes:
    """The message as the bytes that go through the pipe: its length, then its pickle."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


async def receive(stream: StreamReader) -> Message:
    """The next message; asyncio.IncompleteReadError when the other side is gone."""
    (length,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
    return _unpacked(await stream.readexactly(length))


def read(file: BinaryIO) -> Message | None:
    """The next message, waiting for it; None when the other side is gone."""
    head = file.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = file.read(length)
    return _unpacked(body) if len(body) == length else None


def _unpacked(body: bytes) -> Message:
    message: Message = pickle.loads(body)  # noqa: S301 (both ends are this program; nobody else holds the pipe)
    return message
