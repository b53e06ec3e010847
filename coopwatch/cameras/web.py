"""An HTTP(S) address goes in; frames come out: still pictures fetched one by one, or those of a motion JPEG stream."""

import asyncio
import http
import ssl
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Self

import httpx

from coopwatch.cameras.motion_jpeg import MotionJpeg
from coopwatch.cameras.pauses import pause_seconds
from coopwatch.cameras.redact import redact, redact_url
from coopwatch.cameras.trouble import Trouble, trouble_in
from coopwatch.cameras.web_login import AskedAuth
from coopwatch.clock import Clock
from coopwatch.errors import CameraError, PictureError
from coopwatch.values import Frame
from coopwatch.vision.picture import decode_picture

_BY_STATUS = {401: Trouble.WRONG_PASSWORD, 403: Trouble.FORBIDDEN, 404: Trouble.NOT_FOUND}
_MOTION_JPEG = "multipart/x-mixed-replace"
_BOUNDARY = b"--"  # how a motion JPEG begins, whatever the camera calls it


class WebCamera:
    """Asks at each grab, unless the camera answers with a stream: then it listens on, and gives the newest picture.

    Basic or digest authentication, as the camera asks. `deadline_seconds` holds for a whole grab, so that neither
    silence nor a slow drip can hold up the caller. Nothing here can block, so it needs no process of its own.
    """

    def __init__(
        self,
        *,
        name: str,
        url: str,
        clock: Clock,
        username: str | None = None,
        password: str | None = None,
        deadline_seconds: float = 10.0,
        most_bytes: int = 20_000_000,
        longest_pause_seconds: float = 30.0,
    ) -> None:
        self.name = name
        self._url = url
        self._clock = clock
        self._auth = AskedAuth(username or "", password or "") if username or password else None
        self._deadline_seconds = deadline_seconds
        self._most_bytes = most_bytes
        self._longest_pause_seconds = longest_pause_seconds
        self._client: httpx.AsyncClient | None = None  # None: not open
        self._stream: MotionJpeg | None = None  # None: no stream is open
        self._refusals = 0  # of the password, since the camera last took it
        self._retry_at = 0.0  # of the event loop's time

    async def __aenter__(self) -> Self:
        # The system's certificates, so that a keeper can add the one of a camera.
        verify = ssl.create_default_context()
        self._client = httpx.AsyncClient(verify=verify, auth=self._auth, timeout=None, follow_redirects=True)  # noqa: S113 (the deadline is around the whole grab)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._end_stream()
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def grab(self) -> Frame:
        """The picture that the camera shows now; of a stream, the newest not given before."""
        if self._client is None:
            raise CameraError(f"camera {self.name} is not open")
        if self._refusals and asyncio.get_running_loop().time() < self._retry_at:
            raise self._error(Trouble.WRONG_PASSWORD.value)  # asked too often, cameras lock everyone out
        try:
            async with asyncio.timeout(self._deadline_seconds):
                data, kind = await self._newest(self._client)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            trouble = Trouble.FROZEN if self._stream is not None and isinstance(error, TimeoutError) else None
            await self._end_stream()
            trouble = trouble or trouble_in(error)
            # Without a cause: the library's error repeats the whole address.
            raise self._error(trouble.value if trouble else _no_sense(error)) from None
        except (KeyError, NotImplementedError) as error:
            raise self._error(f"the camera asks for a password in a way that is not known ({error})") from error
        except (IndexError, ValueError) as error:
            # Border: of what no camera should send, httpx and its parsers raise these.
            await self._end_stream()
            raise self._error(_no_sense(error)) from error
        except CameraError as error:
            await self._end_stream()
            raise self._error(str(error)) from error
        taken_at = self._clock.now()
        return await self._decoded(data, kind, taken_at)

    async def _newest(self, client: httpx.AsyncClient) -> tuple[bytes, str]:
        """The bytes of a picture, and what the camera calls them."""
        if self._stream is None:
            answer = await client.send(client.build_request("GET", self._url), stream=True)
            try:
                self._check(answer)
                kind = answer.headers.get("content-type", "bytes of no named kind").partition(";")[0].strip().lower()
                data = answer.aiter_bytes()
                first = await anext(data, b"")
                if kind != _MOTION_JPEG and not first.startswith(_BOUNDARY):
                    return await self._read(first, data), kind
                self._stream = MotionJpeg(answer, _chained(first, data), most_bytes=self._most_bytes)
            finally:
                if self._stream is None:
                    await answer.aclose()
        return await self._stream.newest(), "image/jpeg"

    def _check(self, answer: httpx.Response) -> None:
        trouble = _BY_STATUS.get(answer.status_code)
        if trouble is Trouble.WRONG_PASSWORD:
            self._refusals += 1
            pause = pause_seconds(self._refusals + 1, longest=self._longest_pause_seconds)
            self._retry_at = asyncio.get_running_loop().time() + pause
        else:
            self._refusals = 0
        if answer.status_code != http.HTTPStatus.OK:
            raise CameraError(trouble.value if trouble else f"the camera answered {answer.status_code}")

    async def _read(self, first: bytes, rest: AsyncIterator[bytes]) -> bytes:
        data = bytearray()
        async for part in _chained(first, rest):
            data += part
            if len(data) > self._most_bytes:
                raise CameraError(
                    f"received more than {self._most_bytes:,} bytes, expected one picture; "
                    "check the camera's snapshot address"
                )
        return bytes(data)

    async def _decoded(self, data: bytes, kind: str, taken_at: datetime) -> Frame:
        try:
            pixels = await asyncio.to_thread(decode_picture, data, name="picture")
        except PictureError as error:
            fault = f"a damaged picture ({error})" if kind.startswith("image/") else f"{kind}, expected a JPEG picture"
            raise self._error(f"received {fault}; check the camera's snapshot address") from error
        return Frame(camera=self.name, taken_at=taken_at, pixels=pixels)

    async def _end_stream(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.close()

    def _error(self, reason: str) -> CameraError:
        return CameraError(f"{redact_url(self._url)}: {reason}")


def _no_sense(error: Exception) -> str:
    return f"what it answers makes no sense ({redact(str(error)) or type(error).__name__}); check `source`"


async def _chained(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for data in rest:
        yield data
