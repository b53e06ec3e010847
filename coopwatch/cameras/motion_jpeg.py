"""The open answer of a camera that sends one JPEG after the other goes in; the newest one, as bytes, comes out."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx

from coopwatch.cameras.trouble import Trouble
from coopwatch.errors import CameraError

_LENGTH = re.compile(rb"^content-length:\s*(\d+)", re.IGNORECASE | re.MULTILINE)
_HEAD_END = b"\r\n\r\n"
_MOST_HEAD_BYTES = 8_192


class JpegParts:
    """Cuts what arrives of a `multipart/x-mixed-replace` answer into its parts.

    The boundary is read off the stream, since cameras write another one into the answer's head.
    """

    def __init__(self, *, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._data = bytearray()
        self._searched = 0  # so many bytes of an unfinished part hold no boundary

    def feed(self, data: bytes) -> bytes | None:
        """Take what arrived; gives the newest part that is whole now.

        Raises:
            CameraError: a part without an end, or no parts at all.
        """
        self._data += data
        newest = None
        while (part := self._cut()) is not None:
            newest = part
        if len(self._data) > self._most_bytes:
            raise CameraError(f"received more than {self._most_bytes:,} bytes, expected one picture")
        return newest

    def _cut(self) -> bytes | None:
        head_end = self._data.find(_HEAD_END, 0, _MOST_HEAD_BYTES)
        if head_end < 0:
            if len(self._data) > _MOST_HEAD_BYTES:
                raise CameraError(Trouble.NOT_A_STREAM.value)
            return None
        begin = head_end + len(_HEAD_END)
        head = bytes(self._data[:head_end])
        end = self._end(head, begin)
        if end is None:
            return None
        part = bytes(self._data[begin:end])
        del self._data[:end]
        self._searched = 0
        return part

    def _end(self, head: bytes, begin: int) -> int | None:
        """Where the part ends that begins at `begin`; None while it is not whole."""
        length = _LENGTH.search(head)
        if length is not None:
            end = begin + int(length[1])
            return end if len(self._data) >= end else None
        boundary = b"\r\n" + head.strip().split(b"\r\n")[0]
        end = self._data.find(boundary, max(begin, self._searched))
        self._searched = max(begin, len(self._data) - len(boundary))
        return end if end >= 0 else None


class MotionJpeg:
    """Drains the answer in a task until it is closed, so that the newest picture is new; nothing is decoded here."""

    def __init__(self, answer: httpx.Response, data: AsyncIterator[bytes], *, most_bytes: int) -> None:
        self._answer = answer
        self._data = data  # of the answer
        self._parts = JpegParts(most_bytes=most_bytes)
        self._newest: bytes | None = None
        self._news = asyncio.Event()
        self._draining = asyncio.create_task(self._drain(), name="motion JPEG")

    async def close(self) -> None:
        """Hang up."""
        self._draining.cancel()
        await asyncio.wait([self._draining])
        await self._answer.aclose()

    async def newest(self) -> bytes:
        """The newest picture not given before; waits for one, for as long as the caller likes.

        Raises:
            CameraError, httpx.HTTPError: the stream is over; why.
        """
        await self._news.wait()
        if self._newest is None:
            self._draining.result()  # raises what ended it
            raise CameraError(Trouble.ENDED.value)
        self._news.clear()
        newest, self._newest = self._newest, None
        if self._draining.done():
            self._news.set()
        return newest

    async def _drain(self) -> None:
        try:
            async for data in self._data:
                part = self._parts.feed(data)
                if part is not None:
                    self._newest = part
                    self._news.set()
        finally:
            self._news.set()  # whoever waits learns of the end
