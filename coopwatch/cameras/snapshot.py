"""The address of a camera's still picture goes in; a frame comes out each time the picture is fetched."""

import asyncio
import http
import ssl
from collections.abc import Generator
from typing import Self

import httpx

from coopwatch.cameras.redact import redact, redact_url
from coopwatch.cameras.trouble import Trouble, trouble_in
from coopwatch.clock import Clock
from coopwatch.errors import CameraError, PictureError
from coopwatch.values import Frame
from coopwatch.vision.picture import decode_picture

_BY_STATUS = {401: Trouble.WRONG_PASSWORD, 403: Trouble.FORBIDDEN, 404: Trouble.NOT_FOUND}


class SnapshotCamera:
    """Fetches a still picture over HTTP(S) at each grab, with basic or digest authentication as the camera asks.

    `deadline_seconds` holds for the whole fetch, so that neither silence nor a slow drip can hold up the caller.
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
    ) -> None:
        self.name = name
        self._url = url
        self._clock = clock
        self._auth = _AskedAuth(username or "", password or "") if username or password else None
        self._deadline_seconds = deadline_seconds
        self._most_bytes = most_bytes
        self._client: httpx.AsyncClient | None = None  # None: not open

    async def __aenter__(self) -> Self:
        # The system's certificates, so that a keeper can add the one of a camera.
        verify = ssl.create_default_context()
        self._client = httpx.AsyncClient(verify=verify, auth=self._auth, timeout=None, follow_redirects=True)  # noqa: S113 (the deadline is around the whole fetch)
        return self

    async def __aexit__(self, *_: object) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def grab(self) -> Frame:
        """The picture that the camera shows now."""
        if self._client is None:
            raise CameraError(f"camera {self.name} is not open")
        try:
            async with asyncio.timeout(self._deadline_seconds):
                return await self._fetch(self._client)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            trouble = trouble_in(error)
            # Without a cause: the library's error repeats the whole address.
            raise self._error(trouble.value if trouble else redact(str(error)) or type(error).__name__) from None
        except (KeyError, NotImplementedError) as error:
            raise self._error(f"the camera asks for a password in a way that is not known ({error})") from error

    async def _fetch(self, client: httpx.AsyncClient) -> Frame:
        async with client.stream("GET", self._url) as answer:
            taken_at = self._clock.now()
            if answer.status_code != http.HTTPStatus.OK:
                trouble = _BY_STATUS.get(answer.status_code)
                raise self._error(trouble.value if trouble else f"the camera answered {answer.status_code}")
            data = await self._read(answer)
        try:
            pixels = await asyncio.to_thread(decode_picture, data, name="picture")
        except PictureError as error:
            kind = answer.headers.get("content-type", "bytes of no named kind").partition(";")[0]
            fault = f"a damaged picture ({error})" if kind.startswith("image/") else f"{kind}, expected a JPEG picture"
            raise self._error(f"received {fault}; check the camera's snapshot address") from error
        return Frame(camera=self.name, taken_at=taken_at, pixels=pixels)

    async def _read(self, answer: httpx.Response) -> bytes:
        data = bytearray()
        async for part in answer.aiter_bytes():
            data += part
            if len(data) > self._most_bytes:
                raise self._error(
                    f"received more than {self._most_bytes:,} bytes, expected one picture; "
                    "check the camera's snapshot address"
                )
        return bytes(data)

    def _error(self, reason: str) -> CameraError:
        return CameraError(f"{redact_url(self._url)}: {reason}")


class _AskedAuth(httpx.Auth):
    """Sends the password only when the camera asks for it, and as it asks: digest where offered, else basic."""

    def __init__(self, username: str, password: str) -> None:
        self._digest = httpx.DigestAuth(username, password)
        self._basic = httpx.BasicAuth(username, password)
        self._asked: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._asked is None:
            answer = yield request
            if answer.status_code != http.HTTPStatus.UNAUTHORIZED:
                return
            offers = [offer.lower() for offer in answer.headers.get_list("www-authenticate")]
            self._asked = self._digest if any(offer.startswith("digest") for offer in offers) else self._basic
        yield from self._asked.auth_flow(request)
