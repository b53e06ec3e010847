"""`coopwatch compare DATASET --networks A,B`: a data set in; a table and a sheet of networks trained alike out."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from coopwatch.cli.options import AsJson, Datasets, Exclude, Merge, Roles, Seed, SplitBy, Test, Timezone, TrainUntil
from coopwatch.cli.serve import serve
from coopwatch.cli.train import Augmentation, BatchSize, Epochs, Patience, Rate, Size, Weights
from coopwatch.errors import CoopwatchError, UserMustActError

if TYPE_CHECKING:
    from coopwatch.workbench.compare.entry import Contender, Entry

TABLE_FILE = "table.json"
SHEET_FILE = "answers.png"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compare")(compare)


def compare(  # noqa: PLR0913, PLR0917 (each is an option of the command line)
    datasets: Datasets,
    networks: Annotated[str, typer.Option(metavar="A,B,...", help="Names in the registry.")],
    backends: Annotated[str, typer.Option(metavar="A,B", help="tensorflow, torch; needs the extra.")] = "tensorflow",
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Keep models, table and sheet here.")] = None,
    epochs: Epochs = 60,
    patience: Patience = 8,
    batch_size: BatchSize = 16,
    size: Size = None,
    learning_rate: Rate = None,
    weights: Weights = None,
    augmentation: Augmentation = None,
    seed: Seed = 0,
    split: SplitBy = None,
    train_until: TrainUntil = None,
    test: Test = None,
    exclude: Exclude = None,
    merge: Merge = None,
    roles: Roles = None,
    timezone: Timezone = "UTC",
    as_json: AsJson = False,
) -> None:
    """Train networks alike, each in a process of its own, and tell how good and how costly each is."""
    from coopwatch.workbench.pictures.copying import require_outside
    from coopwatch.workbench.pictures.dataset import read_dataset
    from coopwatch.workbench.pictures.label_options import parse_reading, require_one

    given: dict[str, object] = {
        "--epochs": epochs, "--patience": patience, "--batch-size": batch_size, "--size": size,
        "--learning-rate": learning_rate, "--weights": weights, "--augmentation": augmentation, "--seed": seed,
        "--split": split, "--train-until": train_until, "--test": test, "--exclude": exclude, "--merge": merge,
        "--roles": roles, "--timezone": timezone,
    }  # fmt: skip
    contenders = _contenders(networks, backends)
    require_one({"--split": split, "--train-until": train_until, "--test": test})
    reading = parse_reading([*datasets, *(test or ())], roles=roles, merge=merge, exclude=exclude, timezone=timezone)
    read_dataset(datasets, reading, test=test or ())
    if out is not None:
        require_outside(out, [*datasets, *(test or ())])
    with TemporaryDirectory() as temporary:
        place = _prepared(out) if out is not None else Path(temporary)
        entries = _compared(contenders, [*map(str, datasets), *_options(given)], place)
        _tell(entries, place if out is not None else None, as_json=as_json)


def _contenders(networks: str, backends: str) -> "list[Contender]":
    """Every network on every backend.

    Raises:
        UserMustActError: a network or backend that is not there, or not installed.
    """
    from coopwatch.workbench.compare.entry import BACKENDS, Contender
    from coopwatch.workbench.extra import training_extra

    with training_extra("compare"):
        from coopwatch.workbench.networks.registry import find_network
    names = list(dict.fromkeys(filter(None, networks.split(","))))
    for name in names:
        find_network(name)
    asked = set(filter(None, backends.split(",")))
    chosen = [backend for backend in BACKENDS if backend in asked]
    if not names or not chosen or len(chosen) < len(asked):
        raise UserMustActError(
            f"received --networks {networks!r} and --backends {backends!r}, expected names of networks and of backends "
            f"({', '.join(BACKENDS)}) joined by commas; name at least one of each"
        )
    if "torch" in chosen and importlib.util.find_spec("torch") is None:
        raise UserMustActError(
            "--backends: received torch, which is not installed, expected the extra; pip install 'coopwatch[torch]'"
        )
    return [Contender(network=name, backend=backend) for name in names for backend in chosen]


def _options(given: dict[str, object]) -> list[str]:
    """The options of `train` that were given; one that is repeatable is repeated."""
    listed = ((name, value if isinstance(value, list) else [value]) for name, value in given.items())
    return [f"{name}={one}" for name, values in listed for one in values if one is not None]


def _prepared(out: Path) -> Path:
    """The folder for everything, new or empty: models of an earlier comparison would be taken for this one's."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise UserMustActError(f"--out: received {out}, which is not empty, expected a new folder; name another")
        (out / TABLE_FILE).touch()
    except OSError as error:
        raise UserMustActError(
            f"--out: {out}: received {error.strerror}, expected a folder with room to write; name another"
        ) from error
    return out


def _compared(contenders: "Sequence[Contender]", options: list[str], place: Path) -> "list[Entry]":
    from coopwatch.workbench.compare.child import train_apart
    from coopwatch.workbench.compare.compare import compare_networks
    from coopwatch.workbench.progress import open_progress

    with open_progress() as progress:
        return compare_networks(contenders, options, place, serve=serve, train_apart=train_apart, progress=progress)


def _tell(entries: "Sequence[Entry]", out: Path | None, *, as_json: bool) -> None:
    """Print the table, write it beside the sheet, and fail where an entry did."""
    import json

    from coopwatch.workbench.compare.compare import differing_parameters
    from coopwatch.workbench.compare.present import draw_answers, table_lines

    table = json.dumps([entry.as_json() for entry in entries], indent=2)
    for line in [table] if as_json else table_lines(entries):
        typer.echo(line)
    if out is not None:
        from PIL import Image

        (out / TABLE_FILE).write_text(table + "\n", encoding="utf-8")
        sheet = draw_answers(entries)
        if sheet is not None:
            Image.fromarray(sheet).save(out / SHEET_FILE)
            typer.echo(f"answers to test pictures: {out / SHEET_FILE}", err=True)
    if differing := list(differing_parameters(entries)):
        raise CoopwatchError("\n".join(differing))
    if any(entry.result is None for entry in entries):
        raise typer.Exit(CoopwatchError.exit_code)
