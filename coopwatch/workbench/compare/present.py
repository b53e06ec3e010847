"""Entries of a comparison in; one table of them, and one sheet of test pictures with every network's answer, out."""

from collections.abc import Iterator, Sequence

from coopwatch.values import Pixels
from coopwatch.vision.annotate import draw_answer
from coopwatch.vision.picture import read_picture
from coopwatch.vision.sheet import draw_sheet
from coopwatch.workbench.answer import Answer
from coopwatch.workbench.compare.entry import Entry
from coopwatch.workbench.share import percent
from coopwatch.workbench.text_table import aligned

_HEAD = ("network", "backend", "way", "parameters", "right", "s an epoch", "learning s", "peak MB", "export MB", "ms")
_COLUMNS = 8
_CELL = (220, 200)


def table_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """A line a network and backend; below it the reasons of those that failed."""
    yield from aligned([_HEAD, *(_row(entry) for entry in entries)], right=range(3, len(_HEAD)))
    yield "ms: a picture through LiteRT on one thread; peak MB: resident memory of the process until it had learnt"
    for entry in entries:
        if entry.result is None:
            yield f"{entry.contender.name} failed: {entry.reason}"


def draw_answers(entries: Sequence[Entry]) -> "Pixels | None":
    """A row a network: test pictures of all labels with its answer; None where no network came to anything."""
    trained = [(entry, entry.result) for entry in entries if entry.result is not None and entry.result.answers]
    if not trained:
        return None
    files = [answer.file for answer in _spread(trained[0][1].answers)]
    cells = []
    for entry, result in trained:
        answers = {answer.file: answer for answer in result.answers}
        for file in files:
            answer = answers[file]
            told = f"{answer.given}: {percent(answer.certainty, 1)}"
            title = f"{'right' if answer.is_right else f'no, {answer.label}'}: {entry.contender.name}"
            cells.append((title, draw_answer(read_picture(file), told)))
    heading = "test pictures, a row for each network, with its answer and how sure it is"
    return draw_sheet(cells, heading=heading, cell=_CELL, columns=len(files))


def _spread(answers: Sequence[Answer]) -> list[Answer]:
    """At most eight, of every label in turn."""
    by_label: dict[str, list[Answer]] = {}
    for answer in sorted(answers, key=lambda answer: str(answer.file)):
        by_label.setdefault(answer.label, []).append(answer)
    chosen: list[Answer] = []
    while len(chosen) < min(_COLUMNS, len(answers)):
        for rest in by_label.values():
            if rest and len(chosen) < _COLUMNS:
                chosen.append(rest.pop(len(rest) // 2))
    return sorted(chosen, key=lambda answer: (answer.label, str(answer.file)))


def _row(entry: Entry) -> tuple[str, ...]:
    named = (entry.contender.network, entry.contender.backend)
    result = entry.result
    if result is None:
        return (*named, "failed", *[""] * (len(_HEAD) - 3))
    return (
        *named,
        result.way,
        f"{result.parameters:,}",
        f"{result.right} of {result.count} ({percent(result.accuracy, 1)})",
        "-" if result.epoch_seconds is None else f"{result.epoch_seconds:.2f}",
        f"{result.learning_seconds:.1f}",
        "-" if result.peak_mb is None else f"{result.peak_mb:.0f}",
        f"{result.exported_bytes / 1e6:.2f}",
        f"{result.latency_ms:.2f}",
    )
