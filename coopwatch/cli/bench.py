"""`coopwatch bench`: a model's folder in, this machine's figures out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from coopwatch.inference.benchmark import WorkerFigures
    from coopwatch.vision.card import ModelFolder

_ROWS = (
    ("bare interpreter, a picture", "bare_ms", "ms"),
    ("worker round trip, a picture", "round_trip_ms", "ms"),
    ("round trip against bare", "ratio", "times"),
    ("start to first classification", "start_ms", "ms"),
    ("resident memory of the worker", "worker_mb", "MB"),
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("bench")(bench)


def bench(
    model: Annotated[Path, typer.Option("--model", metavar="DIR", help="A model's folder.")] = Path("models/demo"),
    reference: Annotated[
        bool, typer.Option("--reference", help="Measure the reference net instead, 400x800; needs the extra `train`.")
    ] = False,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="How many pictures to classify.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure what a model costs on this machine: time for a picture, time to start, memory."""
    import asyncio
    import json

    from coopwatch.inference.benchmark import measure_worker

    with _opened(model, reference=reference) as folder:
        figures = asyncio.run(measure_worker(folder, rounds=rounds))
    if as_json:
        typer.echo(json.dumps({"machine": _machine(), "worker": asdict(figures)}, indent=2))
    else:
        _print_table(figures)


@contextmanager
def _opened(model: Path, *, reference: bool) -> "Iterator[ModelFolder]":
    """The model's folder, or for as long as it lasts a folder with the reference net."""
    from coopwatch.vision.card import load_model_folder

    if not reference:
        yield load_model_folder(model)
        return
    from coopwatch.workbench.extra import training_extra
    from coopwatch.workbench.quiet import quiet_natives

    with training_extra("--reference"):
        from coopwatch.workbench.export.reference import publish_reference
    with TemporaryDirectory(prefix="coopwatch-") as folder:
        with quiet_natives():
            made = publish_reference(Path(folder))
        yield made


def _print_table(figures: "WorkerFigures") -> None:
    from rich.console import Console
    from rich.table import Table

    height, width, _ = figures.input
    machine = ", ".join(f"{key} {value}" for key, value in _machine().items())
    title = f"{figures.network} at {height}x{width}, median of {figures.rounds}"
    table = Table("what", "figure", "unit", title=title, caption=machine)
    table.columns[1].justify = "right"
    for name, key, unit in _ROWS:
        value = getattr(figures, key)
        table.add_row(name, "unknown" if value is None else f"{value:.2f}", unit)
    Console().print(table)


def _machine() -> dict[str, Any]:
    """What the figures depend on, without names that identify the machine."""
    import os
    import platform
    from importlib.metadata import version

    return {
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "litert": version("ai-edge-litert"),
    }
