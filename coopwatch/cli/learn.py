"""`coopwatch learn --config FILE`: what people said in the chat in; a model that learnt from it, or why not, out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopwatch.cli.options import AsJson, print_json
from coopwatch.errors import UserMustActError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coopwatch.config.settings import Settings
    from coopwatch.learning.order import Figures, Outcome
    from coopwatch.values import NamedPhoto

_WHY = {
    "no_gain": "nothing was learnt: with these words the model names no more of the photos right than the one in use",
    "worse": "nothing was learnt: with these words the model names unseen pictures worse than the one in use",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("learn")(learn)


def learn(
    config: Annotated[Path, typer.Option("--config", help="The config file.")],
    as_json: AsJson = False,
) -> None:
    """Learn now from all photos that people named in the chat; a running daemon does so by itself after each word."""
    import asyncio
    import os

    # Before NumPy is there: the matrices are small, and more than one thread only waits.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from rich.console import Console

    from coopwatch.clock import SystemClock
    from coopwatch.config.load import load_settings
    from coopwatch.learning.learn import learn as learn_from
    from coopwatch.learning.order import Order
    from coopwatch.workbench.progress import open_progress
    from coopwatch.workbench.quiet import quiet_natives

    settings = load_settings(config)
    if not settings.learn:
        raise UserMustActError(f"{config}: learn: received false, expected true, or what is learnt is not used; set it")
    order = Order(
        model=settings.model,
        engine=settings.engine,
        data_dir=settings.data_dir,
        photos=tuple(asyncio.run(_named(settings))),
        made=SystemClock().now(),
    )
    # The bar has a screen of its own: what native libraries write to standard error stays away from it.
    with os.fdopen(os.dup(2), "w") as screen, open_progress(Console(file=screen)) as progress, quiet_natives():
        outcome = learn_from(order, lambda done, total: progress.step("looking at photos", done, total))
    _tell(outcome, settings, as_json=as_json)


async def _named(settings: "Settings") -> "Sequence[NamedPhoto]":
    from coopwatch.store.database import FILE, Database
    from coopwatch.store.retention import MOST_NAMED

    if not (settings.data_dir / FILE).is_file():
        raise UserMustActError(
            f"data_dir: received {settings.data_dir} without {FILE}, expected a coop's data; check `data_dir`"
        )
    async with Database(settings.data_dir) as store:
        return await store.named_photos(MOST_NAMED)


def _tell(outcome: "Outcome", settings: "Settings", *, as_json: bool) -> None:
    from dataclasses import asdict

    from coopwatch.learning.place import learnt_model
    from coopwatch.workbench.text_table import aligned

    figures, place = outcome.figures, learnt_model(settings.data_dir)
    if as_json:
        told = {} if figures is None else asdict(figures)
        print_json({"verdict": outcome.verdict, **told, "version": outcome.version})
        return
    if figures is None:
        typer.echo("nothing was learnt: there is no photo that a person named and this model can learn from")
        return
    for line in aligned(_rows(figures), right=(1, 2, 3)):
        typer.echo(line)
    if outcome.version is None:
        typer.echo(_WHY[outcome.verdict])
        return
    typer.echo(f"published {outcome.version}, now active; to go back: coopwatch models rollback {place}")
    typer.echo("a running daemon takes it on SIGHUP, or when its config is saved")


def _rows(figures: "Figures") -> "Sequence[Sequence[str]]":
    lesson = figures.lesson
    return (
        ("right", "of", "before", "now"),
        ("photos that people named, unseen", *map(str, (lesson.judged, lesson.before, lesson.right))),
        ("pictures of the training, kept aside", *map(str, (figures.aside, figures.aside_before, figures.aside_right))),
    )
