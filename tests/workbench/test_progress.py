import io

import pytest
from rich.console import Console

from coopwatch.workbench.progress import listed, open_progress, track


def console(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=80)


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_without_a_terminal_each_quarter_is_a_line() -> None:
    screen = console(terminal=False)
    with open_progress(screen) as progress:
        assert list(track(progress, "reading", range(8))) == list(range(8))
        progress.tell("split by day")
    assert written(screen).splitlines() == [
        "reading: 2 of 8",
        "reading: 4 of 8",
        "reading: 6 of 8",
        "reading: 8 of 8",
        "split by day",
    ]


def test_work_that_comes_twice_is_told_twice() -> None:
    screen = console(terminal=False)
    with open_progress(screen) as progress:
        for _ in range(2):
            list(track(progress, "evaluating", range(2)))
    assert written(screen).count("evaluating: 2 of 2") == 2


def test_a_terminal_gets_a_bar_and_whole_sentences() -> None:
    screen = console(terminal=True)
    with open_progress(screen) as progress:
        list(track(progress, "reading", range(3)))
        progress.tell("set aside: [broken].jpg")
    assert "━" in written(screen)
    assert "set aside: [broken].jpg" in written(screen)


@pytest.mark.parametrize(
    ("count", "text"), [(0, ""), (2, "0, 1"), (5, "0, 1, 2, 3, 4"), (7, "0, 1, 2, 3, 4 and 2 more")]
)
def test_a_long_list_is_cut_and_counted(count: int, text: str) -> None:
    assert listed(range(count)) == text
