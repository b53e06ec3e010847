"""`coopwatch train DATASET --out DIR`: a folder of pictures, one folder a label, in; a published model out."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from coopwatch.vision.card import ModelFolder
    from coopwatch.workbench.evaluate import Predict


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("train")(train)


def train(  # noqa: PLR0913, PLR0917 (each is an option of the command line)
    datasets: Annotated[list[Path], typer.Argument(metavar="DATASET...", help="Pictures, a folder a label.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The model's folder, such as models/nest.")],
    network: Annotated[str, typer.Option(help="Its name in the registry.")] = "efficientnet_lite0",
    size: Annotated[str | None, typer.Option(metavar="HxW", help="Input height and width in pixels.")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="At most so many.")] = 60,
    patience: Annotated[int, typer.Option(min=1, help="Epochs without progress before it stops.")] = 8,
    batch_size: Annotated[int, typer.Option(min=1)] = 16,
    learning_rate: Annotated[float | None, typer.Option(min=0, help="Default: the network's own.")] = None,
    augmentation: Annotated[str | None, typer.Option(help="none, mild, mild_infrared, neurocoop, ...")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed and pictures give the same split.")] = 0,
    split: Annotated[
        Literal["day", "visit", "random"] | None, typer.Option(help="Default: day, where times are known.")
    ] = None,
    train_until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Learn from days up to this one, test on later ones.")
    ] = None,
    test: Annotated[
        list[Path] | None, typer.Option(metavar="DATASET", help="Test on these pictures, never seen; repeatable.")
    ] = None,
    exclude: Annotated[list[str] | None, typer.Option(metavar="LABEL", help="Leave a label out; repeatable.")] = None,
    merge: Annotated[
        list[str] | None, typer.Option(metavar="FOLDER=LABEL", help="Such as egg_1=egg; repeatable.")
    ] = None,
    roles: Annotated[
        list[str] | None, typer.Option(metavar="LABEL=ROLE", help="hen, egg, empty or other; repeatable.")
    ] = None,
    timezone: Annotated[str, typer.Option(help="Of times in file names and of days.")] = "UTC",
    keras: Annotated[bool, typer.Option(help="Keep model.keras beside the export.")] = True,
) -> None:
    """Train a model that names what the pictures show, measure it on pictures it never saw, and make it active."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read when TensorFlow is imported, which is next
    from coopwatch.clock import SystemClock
    from coopwatch.inference.engines.litert import LiteRTEngine
    from coopwatch.inference.plan import Plan
    from coopwatch.workbench.dataset import Reading, read_dataset
    from coopwatch.workbench.extra import training_extra
    from coopwatch.workbench.figures_text import figures_lines
    from coopwatch.workbench.label_options import parse_day, parse_pairs, parse_roles, parse_size, parse_zone
    from coopwatch.workbench.progress import open_progress
    from coopwatch.workbench.quiet import quiet_natives
    from coopwatch.workbench.split import SplitRule

    reading = Reading(
        roles=parse_roles(roles or ()),
        merge=dict(parse_pairs("--merge", merge or ())),
        exclude=frozenset(exclude or ()),
        zone=parse_zone(timezone),
    )
    last_day = None if train_until is None else parse_day("--train-until", train_until)
    form = None if size is None else parse_size(size)
    dataset = read_dataset(datasets, reading, test=test or ())
    with training_extra("train"), quiet_natives():
        from coopwatch.workbench.report.origin import run_folder, training_subject
        from coopwatch.workbench.report.write import write_report
        from coopwatch.workbench.scratch import ScratchSettings
        from coopwatch.workbench.train import TrainSettings, train_model

    def serve(folder: "ModelFolder") -> "Predict":
        with quiet_natives():
            return LiteRTEngine(Plan.of(folder, "litert")).predict

    with open_progress() as progress:
        published, figures = train_model(
            dataset,
            out,
            TrainSettings(
                network=network,
                size=form,
                split=SplitRule(method=split, train_until=last_day, seed=seed),
                scratch=ScratchSettings(
                    epochs=epochs,
                    patience=patience,
                    batch_size=batch_size,
                    learning_rate=learning_rate,
                    augmentation=augmentation,
                    seed=seed,
                ),
                keep_keras=keras,
            ),
            serve=serve,
            clock=SystemClock(),
            progress=progress,
        )
    for line in figures_lines(figures):
        typer.echo(line)
    page = write_report(run_folder(published), training_subject(published, SystemClock().now()))
    typer.echo(f"report: {page}")
    typer.echo(f"published {published.path}, now active")
