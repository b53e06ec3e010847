"""The labelling page in a real browser, by keys and clicks: `make proof-label`; needs chromium, leaves build/label/."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from coopwatch.workbench.pictures.record import Row
from coopwatch.workbench.pictures.shelf import Shelf

PROJECT = Path(__file__).resolve().parents[2]
OUT = PROJECT / "build" / "label"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip


def coopwatch(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "coopwatch", *map(str, arguments)]


@pytest.fixture(scope="module")
def link() -> Iterator[str]:
    """The page, over drawn crops of nests whose folders tell the truth."""
    shutil.rmtree(OUT, ignore_errors=True)
    draw = coopwatch("simulate", "--seed", "78", "--days", "4", "--every", "2m", "--no-pictures", "--crops",
                     "--crops-per-label", "24", "--out", OUT / "photos")  # fmt: skip
    subprocess.run(draw, check=True, cwd=PROJECT, timeout=600)
    label = coopwatch("label", OUT / "photos" / "crops", "--out", OUT / "set", "--name", "red_twin")
    with subprocess.Popen(label, cwd=PROJECT, text=True, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        found = next(re.search(r"http://\S+", line) for line in process.stdout if "http" in line)
        assert found
        yield found[0]
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


@pytest.fixture(scope="module")
def page(link: str) -> Iterator[Page]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "received no chromium, expected one to look at the page with; apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        opened = browser.new_page(viewport={"width": 1280, "height": 860})
        said: list[str] = []
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.on(
            "request", lambda request: None if request.url.startswith((link, "data:")) else said.append(request.url)
        )
        opened.goto(link)
        yield opened
        assert said == []
        browser.close()


def shown(page: Page) -> list[str]:
    """What the pictures of the batch really show."""
    names = page.locator(".picture img").evaluate_all("images => images.map(image => image.alt)")
    return [name.split("/")[0] for name in names]


def rows() -> list[Row]:
    return Shelf(OUT / "set").rows()


def named(page: Page, count: int) -> None:
    expect(page.locator("#progress")).to_contain_text(f"{count} named")
    assert len(rows()) == count


def test_a_name_is_written_once_and_then_has_a_key_and_z_takes_it_back(page: Page) -> None:
    page.wait_for_selector(".picture img")
    first, count = shown(page)[0], len(shown(page))
    page.fill("#name", first)
    page.keyboard.press("Enter")
    named(page, count)
    assert first in page.inner_text("#labels")
    page.keyboard.press("z")
    named(page, 0)
    assert len(shown(page)) == count


def test_every_picture_gets_its_name_by_keys_and_those_left_out_come_again(page: Page) -> None:
    answers, suggested, done, largest = 0, 0, 0, 0
    while (true := shown(page)) and answers < 150:
        usual = max(sorted(set(true)), key=true.count)
        for place, label in enumerate(true):
            if label != usual:
                page.locator(".picture").nth(place).click()
        done += true.count(usual)
        labels = [name.inner_text() for name in page.locator("#labels .name").all()]
        if page.locator("#guess").is_visible() and usual in page.inner_text("#guess"):
            if len(true) > largest and true.count(usual) < len(true):  # for docs/images
                page.screenshot(path=OUT / "label.png")
                largest = len(true)
            page.keyboard.press("Enter")  # also where a picture was clicked just now
            suggested += 1
        elif usual in labels:
            page.keyboard.press(page.locator("#labels kbd").nth(labels.index(usual)).inner_text())
        else:
            page.fill("#name", usual)
            page.keyboard.press("Enter")
        answers += 1
        named(page, done)
    expect(page.locator("#question")).to_have_text("Nothing is left to name")
    wrong = [row for row in rows() if row.name.split("/")[0] != row.label]
    assert wrong == []
    assert len(rows()) == len(list((OUT / "photos" / "crops").rglob("*.jpg")))
    assert suggested > answers / 2
    print(f"{done} pictures by {answers} answers, of which {suggested} by Enter; {page.inner_text('#lately')}")  # noqa: T201


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_fits_and_its_pictures_are_there(page: Page, link: str, width: int, scheme: str) -> None:
    page.keyboard.press("z")
    expect(page.locator("#question")).not_to_have_text("Nothing is left to name")
    context = page.context.browser.new_context(viewport={"width": width, "height": 860}, color_scheme=scheme)  # type: ignore[union-attr,arg-type]
    other = context.new_page()
    other.goto(link)
    other.wait_for_selector(".picture img")
    other.wait_for_load_state("networkidle")
    assert other.evaluate("[...document.images].every(image => image.complete && image.naturalWidth)")
    other.screenshot(path=OUT / f"{width}-{scheme}.png", full_page=True)
    assert other.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
