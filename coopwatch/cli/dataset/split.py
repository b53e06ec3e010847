"""`coopwatch dataset split`: labelled pictures in; checked copies as train/, validation/ and test/ out."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from coopwatch.cli.options import AsJson, Datasets, Exclude, Merge, Roles, Seed, Timezone, TrainUntil, print_json

if TYPE_CHECKING:
    from coopwatch.workbench.pictures.write_split import WrittenSplit


def split(  # noqa: PLR0913, PLR0917 (each is an option of the command line)
    datasets: Datasets,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write.")],
    by: Annotated[
        Literal["day", "visit", "random"] | None,
        typer.Option(
            "--by", help="What stays together. Default: parts given by folders, else day where times are known."
        ),
    ] = None,
    train_until: TrainUntil = None,
    seed: Seed = 0,
    test_share: Annotated[
        float,
        typer.Option("--test-share", min=0.01, max=0.9, help="Of all pictures, where days or folders leave it open."),
    ] = 0.2,
    validation_share: Annotated[
        float, typer.Option("--validation-share", min=0.01, max=0.9, help="Of what the test part leaves.")
    ] = 0.2,
    merge: Merge = None,
    roles: Roles = None,
    exclude: Exclude = None,
    timezone: Timezone = "UTC",
    as_json: AsJson = False,
) -> None:
    """Copy pictures into train/, validation/ and test/, a folder a label in each, and check every copy."""
    from coopwatch.workbench.pictures.dataset import read_dataset
    from coopwatch.workbench.pictures.label_options import parse_day, parse_reading, require_one
    from coopwatch.workbench.pictures.split import SplitRule
    from coopwatch.workbench.pictures.write_split import write_split
    from coopwatch.workbench.progress import open_progress

    require_one({"--by": by, "--train-until": train_until})
    reading = parse_reading(datasets, roles=roles, merge=merge, exclude=exclude, timezone=timezone)
    last_day = None if train_until is None else parse_day("--train-until", train_until)
    rule = SplitRule(
        method=by, train_until=last_day, seed=seed, test_share=test_share, validation_share=validation_share
    )
    with open_progress() as progress:
        done = write_split(read_dataset(datasets, reading), rule, out, progress)
    if as_json:
        _print_json(done, out, seed)
    else:
        _print_lines(done, out)


def _counted(done: "WrittenSplit") -> dict[str, Counter[str]]:
    """Part -> label -> pictures."""
    parts: dict[str, Counter[str]] = {"train": Counter(), "validation": Counter(), "test": Counter()}
    for row in done.rows:
        parts[row.part or "train"][row.label] += 1
    return parts


def _print_json(done: "WrittenSplit", out: Path, seed: int) -> None:
    print_json({
        "folder": out,
        "method": done.split.method,
        "seed": seed,
        "parts": {part: dict(sorted(labels.items())) for part, labels in _counted(done).items()},
        "notes": done.split.notes,
        "left_out": done.left_out,
        "was_there": done.was_there,
    })  # fmt: skip


def _print_lines(done: "WrittenSplit", out: Path) -> None:
    for part, labels in _counted(done).items():
        counted = ", ".join(f"{label} {count}" for label, count in sorted(labels.items()))
        typer.echo(f"  {part}: {labels.total()} ({counted})")
    for note in done.split.notes:
        typer.echo(f"note: {note}")
    for path in done.left_out:
        typer.echo(f"left out, because it cannot be opened: {path}", err=True)
    what = "was there already" if done.was_there else "is written"
    typer.echo(
        f"{out} {what}: split by {done.split.method}; {len(done.rows)} files, each exactly once, all hashes as in the "
        "originals"
    )
