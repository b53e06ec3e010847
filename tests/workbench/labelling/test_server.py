"""The page answers whoever has the link and nobody else; each answer is saved before the next question comes."""

import json
import socket
import struct
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path
from socket import gethostname
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np
import pytest
from PIL import Image

from coopwatch.errors import UserMustActError
from coopwatch.vision.picture import decode_picture
from coopwatch.workbench.labelling.desk import Desk
from coopwatch.workbench.labelling.server import MOST_BYTES, LabelServer
from coopwatch.workbench.pictures.shelf import Shelf
from coopwatch.workbench.pictures.unlabelled import list_unlabelled
from coopwatch.workbench.progress import Silent

Draw = Callable[..., Path]


@pytest.fixture
def server(draw: Draw, tmp_path: Path) -> Iterator[LabelServer]:
    """Nine drawn photos of three labels, served."""
    found = list_unlabelled([draw(days=1)], UTC, Silent())
    seen = np.array([["red_twin", "egg", "empty"].index(one.path.parent.name) for one in found.pictures])
    desk = Desk(found.pictures, np.eye(3, dtype=np.float32)[seen], Shelf(tmp_path / "set"), ["<i>egg"])
    opened = LabelServer(desk, title="<b>photos", host="127.0.0.1", port=0)
    thread = Thread(target=opened.run)
    thread.start()
    yield opened
    opened.stop()
    thread.join()


def ask(server: LabelServer, path: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(server.link + path, data), timeout=10) as answer:
        return json.load(answer)


def refused(link: str, data: bytes | None = None) -> tuple[int, str]:
    with pytest.raises(HTTPError) as told:
        urlopen(Request(link, data), timeout=10)
    with told.value as error:
        return error.code, error.read().decode()


def test_a_batch_is_named_and_the_next_question_comes_with_the_answer(server: LabelServer, tmp_path: Path) -> None:
    first = ask(server, "state")
    assert (first["named"], first["left"], first["guess"]) == (0, 9, None)
    rows = [one["row"] for one in first["batch"]]
    then = ask(server, "say", {"label": "red_twin", "pictures": rows})
    assert (then["named"], then["left"]) == (len(rows), 9 - len(rows))
    assert {"name": "red_twin", "pictures": len(rows), "days": 1} in then["labels"]
    assert len((tmp_path / "set" / "labels.csv").read_text().splitlines()) == 1 + len(rows)
    assert ask(server, "undo", {})["named"] == 0
    assert ask(server, "aside", {"pictures": rows})["left"] == 9 - len(rows)


def test_a_picture_comes_as_a_jpeg_of_a_size_for_the_page(server: LabelServer) -> None:
    with urlopen(server.link + "picture/0", timeout=10) as answer:
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert decode_picture(answer.read()).shape == (24, 24, 3)
    Image.new("RGB", (1000, 500)).save(server._desk.picture(1).path)
    with urlopen(server.link + "picture/1", timeout=10) as answer:
        assert decode_picture(answer.read()).shape == (240, 480, 3)


def test_the_page_quotes_what_it_shows_and_takes_nothing_from_elsewhere(server: LabelServer) -> None:
    with urlopen(server.link, timeout=10) as answer:
        page = answer.read().decode()
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "&lt;b&gt;photos" in page
    assert "<b>photos" not in page
    with urlopen(server.link + "page.js", timeout=10) as answer:
        assert b"innerHTML" not in answer.read()


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("say", {"label": "Henne Berta", "pictures": [0]}, "expected"),
        ("say", {"label": "egg", "pictures": [77]}, "another question"),
        ("say", {"label": "egg"}, "about no picture"),
        ("say", {"label": "egg", "pictures": ["x"]}, "another form"),
        ("say", [1], "another form"),
        ("aside", {"pictures": None}, "another form"),
    ],
)
def test_what_makes_no_sense_is_refused_with_words_for_the_page(
    server: LabelServer, path: str, body: object, words: str
) -> None:
    status, text = refused(server.link + path, json.dumps(body).encode())
    assert status == 400
    assert words in json.loads(text)["error"]
    assert ask(server, "state")["named"] == 0


@pytest.mark.parametrize("data", [b"{", b"\xff", b'{"label": "' + b"a" * MOST_BYTES + b'"}'])
def test_a_body_that_is_damaged_or_too_long_is_refused(server: LabelServer, data: bytes) -> None:
    assert refused(server.link + "undo", data)[0] == 400


@pytest.mark.parametrize(
    "path",
    ["nothing", "picture/99", "picture/-1", "picture/x", "picture/" + "9" * 5000, "../state", "say/more", "page.css"],
)
def test_what_is_not_there_is_not_found(server: LabelServer, path: str) -> None:
    assert refused(server.link + path)[0] == 404


def test_without_the_secret_of_the_link_nothing_is_answered(server: LabelServer) -> None:
    address = server.link.rsplit("/", 2)[0]
    for path in ("", "/", "/state", "/x/state", "/ä/state".encode().decode("latin-1").replace("Ã¤", "%C3%A4")):
        assert refused(f"{address}{path}")[0] == 404
    assert refused(f"{address}/x/undo", b"{}")[0] == 404


def test_a_record_that_was_edited_wrongly_meanwhile_is_told_on_the_page(server: LabelServer, tmp_path: Path) -> None:
    rows = [one["row"] for one in ask(server, "state")["batch"]]
    ask(server, "say", {"label": "egg", "pictures": rows})
    (tmp_path / "set" / "labels.csv").write_text("nonsense\n")
    status, text = refused(server.link + "state")
    assert status == 400
    assert "expected at least file and label" in json.loads(text)["error"]


def test_a_browser_that_goes_away_is_no_error(server: LabelServer, capfd: pytest.CaptureFixture[str]) -> None:
    port = int(server.link.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # ends with a reset
        line.sendall(b"POST /x HTTP/1.1\r\nContent-Length: 99\r\n\r\n{")
    assert ask(server, "state")["left"] == 9
    assert capfd.readouterr().err == ""


def test_a_length_that_no_number_holds_is_no_error(server: LabelServer, capfd: pytest.CaptureFixture[str]) -> None:
    headers = {"Content-Length": "9" * 5000}
    with pytest.raises(HTTPError, match="400"):
        urlopen(Request(server.link + "undo", b"", headers), timeout=10)
    assert capfd.readouterr().err == ""


def test_an_address_that_cannot_be_had_is_an_error(server: LabelServer) -> None:
    port = int(server.link.split(":")[2].split("/")[0])
    for host, taken in (("127.0.0.1", port), ("192.0.2.1", 0), ("no such host", 0)):
        with pytest.raises(UserMustActError, match="expected an address of this machine that is free"):
            LabelServer(server._desk, title="", host=host, port=taken)


def test_the_link_of_a_page_for_the_whole_network_names_the_machine(server: LabelServer) -> None:
    opened = LabelServer(server._desk, title="", host="0.0.0.0", port=0)
    thread = Thread(target=opened.run)
    thread.start()
    try:
        assert opened.link.startswith(f"http://{gethostname()}:")
    finally:
        opened.stop()
        thread.join()
