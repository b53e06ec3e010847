"""An independent Bot API server (lo-bot-api-emulator) on loopback, behind a proxy that breaks what tests want broken.

    async with bot_api() as api:
        ...  # a bot at api.url with api.token
        await api.send_text(5, "/status")
        call = await api.wait_for("sendMessage")

The proxy adds what the emulator lacks: the bot's username, refusing a wrong token, editMessageMedia, and that an edit
needs a message that is there and does not look so already. It keeps every call in `journal`, every message in `chats`.
"""

import asyncio
import email
import json
import os
import socket
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from coopwatch.clock import SystemClock

BOT_NAME = "coop_test_bot"
NOBODY = 999_999_999  # the chat that photos are uploaded to, when a message that is there gets a new one
EMULATOR = Path(sys.executable).parent / "lo-bot-api-emulator"

Forward = Callable[[], Awaitable[web.Response]]
Fault = Callable[[web.Request, Forward], Awaitable[web.StreamResponse]]
"""What the proxy does in the place of forwarding a call, or after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a bot, and the status that it got."""

    method: str
    fields: Mapping[str, str]
    files: Mapping[str, bytes]
    status: int  # 0: the proxy gave no answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message as it stands in a chat."""

    text: str  # or caption
    markup: str = ""
    photo: str = ""  # the file_id
    is_silent: bool = False


def refuse(status: int, description: str = "", **parameters: object) -> Fault:
    """Answer with an error of the Bot API, such as `refuse(429, retry_after=1)`."""

    async def answer(request: web.Request, forward: Forward) -> web.Response:
        body: dict[str, object] = {"ok": False, "error_code": status, "description": description or f"Error {status}"}
        return web.json_response(body | ({"parameters": parameters} if parameters else {}), status=status)

    return answer


async def drop(request: web.Request, forward: Forward) -> web.StreamResponse:
    """Break the connection without an answer; the call does not arrive."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response(status=499)


async def slow(request: web.Request, forward: Forward) -> web.StreamResponse:
    """Take a second, as a slow uplink does."""
    await asyncio.sleep(1)
    return await forward()


async def arrive_and_drop(request: web.Request, forward: Forward) -> web.StreamResponse:
    """Let the call arrive, and break the connection without an answer."""
    await forward()
    return await drop(request, forward)


async def swallow(request: web.Request, forward: Forward) -> web.StreamResponse:
    """Let the call arrive, and never answer."""
    await forward()
    await asyncio.Event().wait()  # until the bot hangs up
    raise AssertionError


async def hang(request: web.Request, forward: Forward) -> web.StreamResponse:
    """Never answer; the call does not arrive."""
    await asyncio.Event().wait()  # until the bot hangs up
    raise AssertionError


async def portal(request: web.Request, forward: Forward) -> web.StreamResponse:
    """Answer as the portal of a hotel's network does."""
    return web.Response(status=200, text="<html>Please log in</html>", content_type="text/html")


@dataclass(slots=True, kw_only=True)
class BotApi:
    """The running server as a test sees it."""

    token: str
    emulator: str
    journal_file: Path
    session: aiohttp.ClientSession
    port: int = 0
    journal: list[Call] = field(default_factory=list)
    chats: dict[tuple[int, int], Shown] = field(default_factory=dict)  # by chat and message
    weather: Callable[[str, Mapping[str, str]], Fault | None] = field(default=lambda method, fields: None)
    shown: list[tuple[float, int, int, str]] = field(default_factory=list)  # when, chat, message, its new text
    _faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    _taken: set[int] = field(default_factory=set)  # places in the journal that wait_for gave out
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _runner: web.AppRunner | None = None
    _messages: int = 0

    @property
    def url(self) -> str:
        """Where the Bot API is, as in chat.telegram.api_url."""
        return f"http://127.0.0.1:{self.port}"

    async def send_text(self, chat_id: int, text: str, *, sender: int | None = None) -> None:
        """Let a person write; negative chats are groups, in which `sender` writes."""
        self._messages += 1
        chat = {"id": chat_id, "type": "private", "first_name": f"Person {chat_id}"}
        if chat_id < 0:
            chat = {"id": chat_id, "type": "group", "title": f"Group {-chat_id}"}
        person = sender or abs(chat_id)
        message = {
            "message_id": self._messages,
            "date": int(SystemClock().now().timestamp()),
            "chat": chat,
            "from": {"id": person, "is_bot": False, "first_name": f"Person {person}"},
            "text": text,
        }
        await self.send_update({"message": message})

    async def send_update(self, update: Mapping[str, object]) -> None:
        """Let any update come."""
        body = {"token": self.token, "update": dict(update)}
        async with self.session.post(f"{self.emulator}/__fixture/updates", json=body) as answer:
            assert answer.status == 200, await answer.text()

    async def wait_for(self, method: str, timeout: float = 10.0, **fields: object) -> Call:  # noqa: ASYNC109
        """The first call of the method, with these fields, that no earlier `wait_for` gave; fails after `timeout` s."""
        wanted = {name: str(value) for name, value in fields.items()}

        def found() -> int | None:
            fits = (
                place
                for place, call in enumerate(self.journal)
                if place not in self._taken and call.method == method and wanted.items() <= call.fields.items()
            )
            return next(fits, None)

        async with self._news:
            try:
                async with asyncio.timeout(timeout):
                    await self._news.wait_for(lambda: found() is not None)
            except TimeoutError:
                seen = [f"{call.method} {dict(call.fields)} {call.status}" for call in self.journal]
                raise AssertionError(f"no {method} {wanted} within {timeout} s; seen: {seen}") from None
        place = found()
        assert place is not None
        self._taken.add(place)
        return self.journal[place]

    async def wait_until_told(self, *texts: str, timeout: float = 10.0) -> None:  # noqa: ASYNC109
        """Wait until each text stood in some message; fails after `timeout` s."""

        def missing() -> set[str]:
            return {text for text in texts if not any(text in told for *_, told in self.shown)}

        async with self._news:
            try:
                async with asyncio.timeout(timeout):
                    await self._news.wait_for(lambda: not missing())
            except TimeoutError:
                told = [text for *_, text in self.shown]
                raise AssertionError(f"nobody was told {missing()} within {timeout} s; told: {told}") from None

    def calls(self, method: str) -> list[Call]:
        """All calls of the method so far."""
        return [call for call in self.journal if call.method == method]

    def fail(self, method: str, *faults: Fault) -> None:
        """Break the next calls of the method, one fault each."""
        self._faults[method].extend(faults)

    async def down(self) -> None:
        """Take the network away: connections are refused."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def up(self) -> None:
        """Bring the network back, at the same address."""
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def verdict(self, *methods: str) -> Mapping[str, object]:
        """What the emulator says of all calls that reached it: were they right, and were these methods called?"""
        wanted = [part for method in methods for part in ("--require-method", method)]
        process = await asyncio.create_subprocess_exec(
            EMULATOR, "verdict", self.journal_file, "--require-response", *wanted, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
        verdict: dict[str, object] = json.loads(said)
        return verdict

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method, body = request.match_info["method"], await request.read()
        fields, files = _parse(request, body)
        status = 0
        try:
            answer = await self._fault_or_forward(request, method, body)
            status = answer.status
        finally:
            async with self._news:
                self.journal.append(Call(method=method, fields=fields, files=files, status=status))
                self._news.notify_all()
        return answer

    async def _fault_or_forward(self, request: web.Request, method: str, body: bytes) -> web.StreamResponse:
        async def forward() -> web.Response:
            return await self._forward(request, method, body)

        if request.match_info["token"] != self.token:
            return await refuse(401, "Unauthorized")(request, forward)
        if self._faults[method]:
            return await self._faults[method].pop(0)(request, forward)
        fault = self.weather(method, _parse(request, body)[0])
        return await (fault(request, forward) if fault else forward())

    async def _forward(self, request: web.Request, method: str, body: bytes) -> web.Response:
        fields, files = _parse(request, body)
        if method.startswith("editMessage"):
            refused = self._refusal(method, fields)
            if refused:
                return await refuse(400, f"Bad Request: {refused}")(request, self._never)
        if method == "editMessageMedia":
            return await self._edit_media(fields, files)
        headers = {"Content-Type": request.headers["Content-Type"]} if "Content-Type" in request.headers else {}
        async with self.session.post(f"{self.emulator}{request.path}", data=body, headers=headers) as answer:
            said = await answer.json()
        if method == "getMe" and said["ok"]:
            said["result"]["username"] = BOT_NAME
        if said["ok"] and isinstance(said["result"], dict) and "message_id" in said["result"]:
            self._show(method, fields, said["result"])
        return web.json_response(said, status=answer.status)

    def _refusal(self, method: str, fields: Mapping[str, str]) -> str:
        """Why the Bot API does not edit so."""
        shown = self.chats.get((int(fields["chat_id"]), int(fields["message_id"])))
        if shown is None:
            return "message to edit not found"
        if method == "editMessageText" and shown.photo:
            return "there is no text in the message to edit"
        if method == "editMessageCaption" and not shown.photo:
            return "there is no caption in the message to edit"
        text = fields.get("text", fields.get("caption", shown.text))
        if method != "editMessageMedia" and (text, fields.get("reply_markup", "")) == (shown.text, shown.markup):
            return (
                "message is not modified: specified new message content and reply markup are exactly the same as a "
                "current content and reply markup of the message"
            )
        return ""

    def _show(self, method: str, fields: Mapping[str, str], result: Mapping[str, object]) -> None:
        chat_id, number = int(fields["chat_id"]), int(str(result["message_id"]))
        before = self.chats.get((chat_id, number))
        photo = result.get("photo")
        self.chats[chat_id, number] = Shown(
            text=fields.get("text", fields.get("caption", before.text if before else "")),
            markup=fields.get("reply_markup", ""),
            photo=photo[-1]["file_id"] if isinstance(photo, list) else before.photo if before else "",
            is_silent=fields.get("disable_notification") == "true",
        )
        self.shown.append((asyncio.get_running_loop().time(), chat_id, number, self.chats[chat_id, number].text))

    async def _edit_media(self, fields: Mapping[str, str], files: Mapping[str, bytes]) -> web.Response:
        """What the emulator lacks: a new photo, uploaded or by its file_id, in a message that is there."""
        media = json.loads(fields["media"])
        name = media["media"]
        if name.startswith("attach://"):
            form = aiohttp.FormData({"chat_id": str(NOBODY)})
            form.add_field("photo", files[name.removeprefix("attach://")], filename="coop.jpg")
            async with self.session.post(f"{self.emulator}/bot{self.token}/sendPhoto", data=form) as answer:
                name = (await answer.json())["result"]["photo"][-1]["file_id"]
        chat_id, number = int(fields["chat_id"]), int(fields["message_id"])
        size = {"file_id": name, "file_unique_id": f"{name}-unique", "width": 1, "height": 1}
        result = {
            "message_id": number,
            "date": 1,
            "chat": {"id": chat_id, "type": "private" if chat_id > 0 else "group"},
            "caption": media.get("caption", ""),
            "photo": [size],
        }
        self._show("editMessageMedia", {**fields, "caption": media.get("caption", "")}, result)
        return web.json_response({"ok": True, "result": result})

    async def _never(self) -> web.Response:
        raise AssertionError


@asynccontextmanager
async def bot_api(token: str = "7012345678:a-secret_that-no_log-may_ever-show") -> AsyncIterator[BotApi]:
    """Start the emulator and the proxy; stop both at the end."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "journal.jsonl"
        async with _emulator(journal) as emulator, _session() as session:
            api = BotApi(token=token, emulator=emulator, journal_file=journal, session=session, port=_free_port())
            await api.up()
            try:
                yield api
            finally:
                await api.down()


@asynccontextmanager
async def _emulator(journal: Path) -> AsyncIterator[str]:
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        EMULATOR, "--port", str(port), "--enable-control", "--journal", journal,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        async with asyncio.timeout(20):
            assert b"Running on" in await process.stdout.readline(), "the emulator did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@asynccontextmanager
async def _session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as session:
        yield session


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _parse(request: web.Request, body: bytes) -> tuple[dict[str, str], dict[str, bytes]]:
    """Fields and files of a form, either kind."""
    if not request.content_type.startswith("multipart/"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True)), {}
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    fields, files = dict[str, str](), dict[str, bytes]()
    for part in email.message_from_bytes(head + body).walk():
        name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            continue
        if part.get_filename():
            files[name] = content
        else:
            fields[name] = content.decode()
    return fields, files
