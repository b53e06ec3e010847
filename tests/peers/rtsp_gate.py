"""Demands a password before a real RTSP server, which knows none; after that, bytes pass as they are."""

import asyncio
import base64
import contextlib
import hashlib
import re
from typing import Literal, Self

from peers.passing import pass_on

REALM, NONCE = "gate", "5f1c"


class RtspGate:
    """Listens on `port` of loopback while it is entered; answers 401 until the right user name and password come."""

    def __init__(self, *, behind: int, kind: Literal["basic", "digest"], username: str, password: str) -> None:
        self._behind = behind  # the port of the real server
        self._kind = kind
        self._username = username
        self.password = password
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        tasks = [*self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, camera: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                await self._let_in(camera, answer)
        finally:
            answer.close()
            self._tasks.discard(task)

    async def _let_in(self, camera: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        request = await camera.readuntil(b"\r\n\r\n")
        while not self._is_allowed(request.decode()):
            answer.write(self._refusal(request.decode()).encode())
            request = await camera.readuntil(b"\r\n\r\n")
        await pass_on(camera, answer, self._behind, first=request)

    def _refusal(self, request: str) -> str:
        challenge = f'Digest realm="{REALM}", nonce="{NONCE}"' if self._kind == "digest" else f'Basic realm="{REALM}"'
        number = _header(request, "CSeq")
        return f"RTSP/1.0 401 Unauthorized\r\nCSeq: {number}\r\nWWW-Authenticate: {challenge}\r\n\r\n"

    def _is_allowed(self, request: str) -> bool:
        kind, _, proof = _header(request, "Authorization").partition(" ")
        if self._kind == "basic":
            login = f"{self._username}:{self.password}".encode()
            return kind == "Basic" and proof == base64.b64encode(login).decode()
        fields = dict(re.findall(r'(\w+)="([^"]*)"', proof))
        method = request.partition(" ")[0]
        who = _md5(f"{self._username}:{REALM}:{self.password}")
        what = _md5(f"{method}:{fields.get('uri', '')}")
        return kind == "Digest" and fields.get("response") == _md5(f"{who}:{NONCE}:{what}")


def _header(request: str, name: str) -> str:
    found = re.search(rf"^{name}: (.*)\r$", request, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
