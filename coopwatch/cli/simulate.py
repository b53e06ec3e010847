"""`coopwatch simulate`: days of the simulated coop as pictures, with the truth beside them."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopwatch.errors import CoopwatchError, UserMustActError

if TYPE_CHECKING:
    from coopwatch.simulator.recording import Recorded

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate")(simulate)


def simulate(  # noqa: PLR0913, PLR0917 (each argument is an option of the command)
    out: Annotated[
        Path | None, typer.Option(help="The folder to write to: new, empty, or of the same command.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Which coop; 1 to 99 are for tests, train on 1000 and above.")] = 7,
    days: Annotated[int, typer.Option(min=1, max=3660, help="How many days.")] = 1,
    every: Annotated[str, typer.Option(help="The time between two pictures, such as 10s or 1m.")] = "10s",
    start: Annotated[str, typer.Option(help="When to begin, with its zone.")] = "2026-05-01T00:00:00Z",
    pictures: Annotated[bool, typer.Option(help="Write the whole pictures.")] = True,
    crops: Annotated[bool, typer.Option(help="Write crops/<label>/: a data set for `train`.")] = False,
    crops_per_label: Annotated[
        int | None, typer.Option(min=1, help="At most so many crops of each label, spread over the days.")
    ] = None,
    sheet: Annotated[Path | None, typer.Option(help="Only draw all hens and situations into this picture.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write pictures of the simulated coop, and truth.jsonl: what truly was and happened."""
    if sheet is not None:
        _write_sheet(sheet, seed)
        return
    if out is None:
        raise UserMustActError("received neither --out nor --sheet, expected one; say where to write with --out DIR")

    from coopwatch.config.simulated import read_start
    from coopwatch.simulator.out_folder import prepare_folder
    from coopwatch.simulator.recording import Order, record

    order = Order(
        seed=seed,
        start=read_start(start),
        days=days,
        every=_duration(every),
        pictures=pictures,
        crops=crops or crops_per_label is not None,
        crops_per_label=crops_per_label,
    )
    prepare_folder(out, order)
    try:
        with _progress("drawing") as tell:
            recorded = record(order, out, tell)
    except OSError as error:
        raise CoopwatchError(
            f"--out {out}: received {error.strerror}, expected room for the pictures; "
            "free some or name another folder, then give the same command again"
        ) from error
    _print(recorded, out, as_json=as_json)


def _write_sheet(file: Path, seed: int) -> None:
    from PIL import Image

    from coopwatch.simulator.sheet import draw_sheet

    try:
        Image.fromarray(draw_sheet(seed)).quantize(256, kmeans=1).save(file)
    except (OSError, ValueError) as error:
        raise UserMustActError(
            f"--sheet {file}: received {error}, expected a picture file that can be written, such as hens.png; "
            "name another"
        ) from error


def _duration(text: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)(s|m|h|)", text.strip())
    if match is None or not (seconds := float(match[1]) * _UNITS[match[2]]):
        raise UserMustActError(
            f"--every: received {text!r}, expected a time above zero such as 10s, 1m or 0.5s; correct it"
        )
    return timedelta(seconds=seconds)


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, a line a tenth elsewhere; on the error output, so that results stay clean."""
    if not sys.stderr.isatty():
        yield lambda done, of: _tell_tenth(what, done, of)
        return

    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)


def _tell_tenth(what: str, done: int, of: int) -> None:
    if done * 10 // of > (done - 1) * 10 // of:
        typer.echo(f"{what}: {done} of {of}", err=True)


def _print(recorded: "Recorded", out: Path, *, as_json: bool) -> None:
    import json
    from dataclasses import asdict

    if as_json:
        typer.echo(json.dumps({"folder": str(out), **asdict(recorded)}))
        return
    crops = sum(recorded.crops.values())
    typer.echo(f"{out}: {recorded.pictures:,} pictures, {crops:,} crops, {recorded.events:,} true events.")
