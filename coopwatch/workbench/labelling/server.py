"""The labelling page: a desk in, a page on an address of this machine out, which asks and takes the answers."""

import json
import secrets
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from socket import gethostname

from pydantic import BaseModel, ValidationError

from coopwatch.errors import CoopwatchError, PictureError, UserMustActError
from coopwatch.vision.picture import encode_jpeg, read_picture, shrink
from coopwatch.workbench.labelling.desk import Desk
from coopwatch.workbench.pages.render import render

HERE = Path(__file__).parent
SIDE = 480  # pixels of a picture on the page, at most
MOST_BYTES = 100_000  # of an answer
_POLICY = "default-src 'none'; img-src 'self' data:; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'"


Reply = tuple[HTTPStatus, str, bytes]
"""Status, content type, body."""


class Answer(BaseModel):
    """What a person says on the page."""

    pictures: list[int] = []  # rows
    label: str = ""


class LabelServer:
    """Serves one desk to whoever knows the link, a request at a time.

    Args:
        desk: asks and takes the answers.
        title: what is labelled, for people.
        host: an address of this machine.
        port: 0 for any that is free.

    Raises:
        UserMustActError: the address cannot be had.
    """

    def __init__(self, desk: Desk, *, title: str, host: str, port: int) -> None:
        self._desk, self._title = desk, title
        self._secret = secrets.token_urlsafe(12)  # in the link: no other page of the browser may answer
        self._turn = threading.Lock()
        self._takers: dict[str, Callable[[Answer], None]] = {
            "say": lambda answer: desk.say(answer.pictures, answer.label),
            "aside": lambda answer: desk.put_aside(answer.pictures),
            "undo": lambda _: desk.undo(),
        }
        try:
            self._server = _Server((host, port), self)
        except (OSError, OverflowError) as error:
            raise UserMustActError(
                f"--host {host} --port {port}: received {error}, expected an address of this machine that is free; "
                "name another, or leave --port out"
            ) from error

    @property
    def link(self) -> str:
        """Where the page is."""
        host, port = str(self._server.server_address[0]), self._server.server_port
        return f"http://{gethostname() if ip_address(host).is_unspecified else host}:{port}/{self._secret}/"

    def run(self) -> None:
        """Serve until interrupted."""
        with self._server:
            self._server.serve_forever()

    def stop(self) -> None:
        """Let `run`, in another thread, return."""
        self._server.shutdown()

    def get(self, path: str) -> Reply:
        """The page and what it shows."""
        match self._parts(path):
            case [""]:
                page = render(HERE / "page.html.jinja", title=self._title)
                return HTTPStatus.OK, "text/html; charset=utf-8", page.encode()
            case ["page.js"]:
                return HTTPStatus.OK, "text/javascript; charset=utf-8", (HERE / "page.js").read_bytes()
            case ["state"]:
                return self._state()
            case ["picture", row] if (number := _number(row)) is not None:
                return self._picture(number)
        return (
            HTTPStatus.NOT_FOUND,
            "text/plain; charset=utf-8",
            b"There is nothing here; open the link that was printed.",
        )

    def post(self, path: str, body: bytes) -> Reply:
        """Take an answer; the new state, or why it was refused."""
        match self._parts(path):
            case [name] if name in self._takers:
                return self._take(name, body)
        return HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b""

    def _take(self, name: str, body: bytes) -> Reply:
        try:
            answer = Answer.model_validate_json(body)
            with self._turn:
                self._takers[name](answer)
        except ValidationError:
            return _refused("received an answer of another form, expected pictures and a label; load the page again")
        except CoopwatchError as error:
            return _refused(str(error))
        return self._state()

    def _parts(self, path: str) -> list[str]:
        """What follows the secret; nothing where it is another."""
        secret, *rest = path.split("?", 1)[0].removeprefix("/").split("/")
        return rest if secrets.compare_digest(secret.encode(), self._secret.encode()) else []

    def _state(self) -> Reply:
        try:
            with self._turn:
                state = _state_of(self._desk)
        except CoopwatchError as error:  # the record was edited by hand, wrongly
            return _refused(str(error))
        return HTTPStatus.OK, "application/json", json.dumps(state).encode()

    def _picture(self, row: int) -> Reply:
        try:
            pixels = read_picture(self._desk.picture(row).path)
        except (IndexError, PictureError):
            return HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b""
        return HTTPStatus.OK, "image/jpeg", encode_jpeg(shrink(pixels, SIDE))


def _state_of(desk: Desk) -> dict[str, object]:
    """All that the page shows."""
    rows = desk.batch.rows if desk.batch else ()
    right, asked = desk.lately
    return {
        "batch": [{"row": row, "name": desk.picture(row).name} for row in rows],
        "guess": desk.batch.guess if desk.batch else None,
        "labels": [{"name": one.label, "pictures": one.pictures, "days": one.days} for one in desk.counts()],
        "named": len(desk.said),
        "left": desk.left,
        "right": right,
        "asked": asked,
    }


def _refused(why: str) -> Reply:
    return HTTPStatus.BAD_REQUEST, "application/json", json.dumps({"error": why}).encode()


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None  # of thousands of digits, Python makes none


class _Server(ThreadingHTTPServer):
    def __init__(self, address: tuple[str, int], page: LabelServer) -> None:
        self.page = page
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle is no error; any other one is shown as the library does."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # typeshed: the library hands it on


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 30.0  # seconds that a browser may take to say what it wants

    def do_GET(self) -> None:
        self._reply(*self.server.page.get(self.path))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        self._reply(*self.server.page.post(self.path, self.rfile.read(min(_number(length) or 0, MOST_BYTES))))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Say nothing: the link is a secret."""

    def _reply(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", _POLICY)
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)
