"""The page of a report in a real browser: `make proof-report`; needs chromium, and leaves pictures in build/report/."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
OUT = PROJECT / "build" / "report"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip


def coopwatch(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "coopwatch", *map(str, arguments)], check=True, cwd=PROJECT, timeout=600)


@pytest.fixture(scope="module")
def page_file() -> Path:
    """The demo model's report on drawn nests that it never saw, among them some that it does not know."""
    shutil.rmtree(OUT, ignore_errors=True)
    coopwatch("simulate", "--seed", "77", "--days", "3", "--every", "2m", "--no-pictures", "--crops",
              "--crops-per-label", "15", "--out", OUT / "photos")  # fmt: skip
    # A label that is wrong makes a mistake that the page must show.
    wrong = sorted((OUT / "photos" / "crops" / "red_twin").iterdir())[:2]
    for file in wrong:
        shutil.copy(file, OUT / "photos" / "crops" / "beauty" / f"wrong_{file.name}")
    coopwatch("evaluate", "models/demo", OUT / "photos" / "crops", "--report", OUT)
    return OUT / "report.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "received no chromium, expected one to look at the page with; apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_fits_shows_every_picture_and_asks_nobody(
    page_file: Path, browser: Browser, width: int, scheme: str
) -> None:
    said: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on(
        "request", lambda request: said.append(request.url) if not request.url.startswith(("file:", "data:")) else None
    )
    page.goto(page_file.as_uri())
    page.screenshot(path=OUT / f"{width}-{scheme}.png", full_page=True)
    assert not said
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert page.evaluate("document.images.length") >= 4
    assert page.locator("svg.drawing").count() >= 3
    assert page.locator(".verdict").bounding_box()["y"] < 400  # type: ignore[index]  # read without scrolling
    context.close()


def test_the_text_stands_out_by_day_and_by_night(page_file: Path, browser: Browser) -> None:
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(page_file.as_uri())
        for place in ("body", ".quiet", ".facts strong", ".drawing text"):
            colour = "fill" if place.startswith(".drawing") else "color"
            ink = page.locator(place).first.evaluate(f"element => getComputedStyle(element).{colour}")
            paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert contrast(ink, paper) > 4.5, (scheme, place, ink, paper)
        context.close()


def test_it_prints(page_file: Path, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(page_file.as_uri())
    printed = page.pdf(path=OUT / "report.pdf", format="A4")
    assert 2 <= printed.count(b"/Type /Page\n") <= 12
    context.close()


def contrast(first: str, second: str) -> float:
    """The contrast of two `rgb(r, g, b)`, as the Web Content Accessibility Guidelines 2.1 define it."""
    lights = sorted((luminance(first), luminance(second)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
