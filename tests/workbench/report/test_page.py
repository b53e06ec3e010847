from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fakes.subjects import CURVE, answer, run, subject

from coopwatch.workbench.report.page import render_page
from coopwatch.workbench.report.subject import Subject

PICTURE = "data:image/jpeg;base64,AAAA"
HOSTILE = "<script>alert('&')</script>\"$x$"
SIGNS = [f"{number:05d}" for number in range(43)]
SUBJECTS = {
    "a run with mistakes": subject(
        [answer("egg", "egg"), answer("egg", "empty", 0.9), answer("empty", "empty", 0.4)],
        run=run(),
        layers="1 dense",
        learning=CURVE,
    ),
    "no mistakes": subject([answer("egg", "egg"), answer("empty", "empty")]),
    "one picture": subject([answer("egg", "egg")]),
    "no picture": subject(),
    "very many labels": subject([answer(sign, SIGNS[row // 2], labels=SIGNS) for row, sign in enumerate(SIGNS)]),
    "a card that tells nothing": subject([answer("egg", "egg")], card={"data": {}, "training": {}}),
    "hostile names": subject(
        [answer(HOSTILE, "egg", file=Path(HOSTILE), labels=("egg", HOSTILE))],
        notes=(HOSTILE,),
        run=run(weights=HOSTILE),
    ),
}
VOID = {"meta", "img"}


class Page(HTMLParser):
    """The elements of a page, its text, and whether every element is closed."""

    def __init__(self, subject: Subject, picture: str | None = PICTURE) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.html = render_page(subject, lambda _: picture)
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module", params=SUBJECTS.values(), ids=SUBJECTS.keys())
def page(request: pytest.FixtureRequest) -> Page:
    return Page(request.param)


def test_every_element_is_closed_and_has_an_id_of_its_own(page: Page) -> None:
    assert not page.open
    ids = Counter(attributes["id"] for _, attributes in page.elements if "id" in attributes)
    assert not [name for name, count in ids.items() if count > 1]


def test_the_page_asks_nobody_for_anything(page: Page) -> None:
    for _, attributes in page.elements:
        for name in ("src", "href", "xlink:href", "action", "data"):
            assert (attributes.get(name) or "#").startswith(("#", "data:image/"))
    assert "://" not in page.html
    assert not page.all("script") + page.all("link")


def test_what_a_drawing_refers_to_is_in_it(page: Page) -> None:
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    assert {(use["href"] or "")[1:] for use in page.all("use")} <= ids


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "a run with mistakes",
            ["2 of 3", "egg taken for empty: 1 of 2", "smoothed with", "1 of 2 pictures", "seed 3"],
        ),
        ("no mistakes", ["2 of 2", "No picture was given a wrong name."]),
        ("one picture", ["Asked about one picture"]),
        ("no picture", ["nothing is known of how good it is"]),
    ],
)
def test_the_verdict_comes_first_and_fits_what_was_asked(name: str, said: list[str]) -> None:
    text = " ".join(Page(SUBJECTS[name]).text.split()).lower()
    for words in said:
        assert words.lower() in text
    assert text.index(said[0].lower()) < text.index("what to do next")


def test_names_are_shown_as_they_are_and_never_run() -> None:
    page = Page(SUBJECTS["hostile names"])
    assert page.text.count(HOSTILE) >= 5
    assert "<script" not in page.html
    assert {"alt": HOSTILE, "src": PICTURE} in page.all("img")


def test_a_picture_that_is_gone_leaves_a_word_in_its_place() -> None:
    page = Page(SUBJECTS["a run with mistakes"], picture=None)
    assert not page.all("img")
    assert "the picture is no longer there" in page.text
