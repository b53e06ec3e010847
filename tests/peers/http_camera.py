"""A real HTTP server on loopback with the answers that cameras give: pictures, pages, refusals, silence."""

import base64
import contextlib
import hashlib
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, Self

REALM, NONCE = "camera", "77a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a path of the camera answers."""

    body: bytes = b""
    kind: str = "image/jpeg"  # the content type
    status: int = 200
    promised: int | None = None  # bytes promised; None: as many as there are. More than there are: then silence
    repeated: bool = False  # a motion JPEG: the body again and again, twenty times a second
    lengths: bool = True  # whether the parts of a motion JPEG tell their lengths
    drip: bool = False  # one byte a second
    silent: bool = False  # a motion JPEG that is open and sends nothing more
    location: str | None = None  # where it moved to


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What the camera demands."""

    kind: Literal["basic", "digest"]
    username: str
    password: str


class HttpCamera:
    """Answers at `url(path)` from a table that a test may change, while it is entered."""

    def __init__(self, answers: Mapping[str, Answer], *, login: Login | None = None) -> None:
        self.answers = dict(answers)
        self.login = login
        self.requests = 0
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str) -> str:
        """The address of a path such as `/snap.jpg`."""
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_port


def _handler_for(camera: HttpCamera) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            camera.requests += 1
            if camera.login and not _is_allowed(camera.login, self.headers.get("Authorization", "")):
                self.send_response(401)
                self.send_header("WWW-Authenticate", _challenge(camera.login))
                self.end_headers()
                return
            path = self.path.partition("?")[0]
            answer = camera.answers.get(path, Answer(status=404, kind="text/html"))
            with contextlib.suppress(ConnectionError):
                if answer.repeated:
                    _repeat(self, path, camera)
                else:
                    _answer(self, answer, camera.closing)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _answer(handler: BaseHTTPRequestHandler, answer: Answer, closing: threading.Event) -> None:
    handler.send_response(answer.status)
    handler.send_header("Content-Type", answer.kind)
    if answer.location is not None:
        handler.send_header("Location", answer.location)
    handler.send_header("Content-Length", str(len(answer.body) if answer.promised is None else answer.promised))
    handler.end_headers()
    for byte in answer.body if answer.drip else ():
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        if closing.wait(timeout=1):
            return
    handler.wfile.write(answer.body)
    if answer.promised is not None:
        handler.wfile.flush()
        closing.wait(timeout=30)


def _repeat(handler: BaseHTTPRequestHandler, path: str, camera: HttpCamera) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", 'multipart/x-mixed-replace; boundary="--part"')  # two dashes too many
    handler.end_headers()
    while not camera.closing.wait(timeout=0.05):
        answer = camera.answers[path]  # a test may have changed it
        if answer.silent:
            continue
        length = f"Content-Length: {len(answer.body)}\r\n" if answer.lengths else ""
        handler.wfile.write(f"--part\r\nContent-Type: image/jpeg\r\n{length}\r\n".encode() + answer.body + b"\r\n")
        handler.wfile.flush()


def _challenge(login: Login) -> str:
    if login.kind == "basic":
        return f'Basic realm="{REALM}"'
    return f'Digest realm="{REALM}", nonce="{NONCE}", qop="auth", algorithm=MD5'


def _is_allowed(login: Login, proof: str) -> bool:
    kind, _, rest = proof.partition(" ")
    if login.kind == "basic":
        return kind == "Basic" and rest == base64.b64encode(f"{login.username}:{login.password}".encode()).decode()
    fields = {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', rest)}
    if kind != "Digest" or not {"uri", "nc", "cnonce", "response"} <= set(fields):
        return False
    who = _md5(f"{login.username}:{REALM}:{login.password}")
    what = _md5(f"GET:{fields['uri']}")
    return fields["response"] == _md5(f"{who}:{NONCE}:{fields['nc']}:{fields['cnonce']}:auth:{what}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
