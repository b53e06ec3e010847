"""`coopwatch train DATASET --out DIR`: labelled pictures in; a published model out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from coopwatch.cli.options import (
    AsJson,
    Datasets,
    Exclude,
    Merge,
    Roles,
    Seed,
    SplitBy,
    Test,
    Timezone,
    TrainUntil,
    print_json,
)
from coopwatch.cli.serve import serve

if TYPE_CHECKING:
    from coopwatch.vision.card import ModelFolder
    from coopwatch.workbench.figures.metrics import Figures

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="The model's folder, such as models/nest.")]
Network = Annotated[str, typer.Option(help="Its name in the registry.", rich_help_panel="Network")]
Way = Annotated[
    Literal["scratch", "features", "frozen", "finetune"] | None,
    typer.Option(help="Default: the network's own.", rich_help_panel="Network"),
]
Weights = Annotated[
    str | None,
    typer.Option(
        metavar="imagenet|random|FILE",
        help="What it knows before: ImageNet (default of a backbone), nothing, or a file that Keras saved.",
        rich_help_panel="Network",
    ),
]
Size = Annotated[
    str | None, typer.Option(metavar="HxW", help="Input height and width in pixels.", rich_help_panel="Network")
]
Epochs = Annotated[int, typer.Option(min=1, help="At most so many.", rich_help_panel="Learning")]
Patience = Annotated[
    int, typer.Option(min=1, help="Epochs without progress before it stops.", rich_help_panel="Learning")
]
BatchSize = Annotated[int, typer.Option(min=1, help="Pictures a step.", rich_help_panel="Learning")]
Rate = Annotated[
    float | None, typer.Option(min=0, help="Default: that of the network or way.", rich_help_panel="Learning")
]
Augmentation = Annotated[
    str | None,
    typer.Option(help="none, mild, mild_infrared, neurocoop, smallvgg, vgg16.", rich_help_panel="Learning"),
]
Pseudo = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FOLDER|CSV",
        help="Pictures that a model labelled: learnt from, never measured on; repeatable.",
        rich_help_panel="Learning",
    ),
]
PseudoShare = Annotated[
    float, typer.Option(min=0.01, max=0.9, help="Their share of every batch.", rich_help_panel="Learning")
]
LearningCurve = Annotated[
    bool,
    typer.Option(
        "--learning-curve",
        help="Also tell whether more photos would help; of the way features.",
        rich_help_panel="Test",
    ),
]
KeepKeras = Annotated[bool, typer.Option("--keras/--no-keras", help="Keep model.keras beside the export.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("train")(train)


def train(  # noqa: PLR0913, PLR0917 (each is an option of the command line)
    datasets: Datasets,
    out: Out,
    network: Network = "efficientnet_lite0",
    way: Way = None,
    weights: Weights = None,
    size: Size = None,
    epochs: Epochs = 60,
    patience: Patience = 8,
    batch_size: BatchSize = 16,
    learning_rate: Rate = None,
    augmentation: Augmentation = None,
    seed: Seed = 0,
    pseudo: Pseudo = None,
    pseudo_share: PseudoShare = 0.25,
    split: SplitBy = None,
    train_until: TrainUntil = None,
    test: Test = None,
    exclude: Exclude = None,
    merge: Merge = None,
    roles: Roles = None,
    timezone: Timezone = "UTC",
    keras: KeepKeras = True,
    learning_curve: LearningCurve = False,
    as_json: AsJson = False,
) -> None:
    """Train a model that names what the pictures show, measure it on pictures it never saw, and make it active."""
    from coopwatch.clock import SystemClock
    from coopwatch.workbench.extra import training_extra
    from coopwatch.workbench.pictures.dataset import read_dataset
    from coopwatch.workbench.pictures.label_options import parse_day, parse_reading, parse_size, require_one
    from coopwatch.workbench.pictures.pseudo_pictures import add_pseudo
    from coopwatch.workbench.pictures.split import SplitRule
    from coopwatch.workbench.progress import open_progress

    require_one({"--split": split, "--train-until": train_until, "--test": test})
    reading = parse_reading(
        [*datasets, *(test or ()), *(pseudo or ())], roles=roles, merge=merge, exclude=exclude, timezone=timezone
    )
    last_day = None if train_until is None else parse_day("--train-until", train_until)
    form = None if size is None else parse_size(size)
    dataset = add_pseudo(read_dataset(datasets, reading, test=test or ()), pseudo or (), reading)
    with training_extra("train"):
        from coopwatch.workbench.learning.descent import DescentSettings
        from coopwatch.workbench.learning.train import train_model
        from coopwatch.workbench.learning.train_settings import TrainSettings
    settings = TrainSettings(
        network=network,
        way=way,
        weights=weights,
        size=form,
        seed=seed,
        split=SplitRule(method=split, train_until=last_day, seed=seed),
        descent=DescentSettings(
            epochs=epochs,
            patience=patience,
            batch_size=batch_size,
            learning_rate=learning_rate,
            augmentation=augmentation,
        ),
        pseudo_share=pseudo_share,
        keep_keras=keras,
        learning_curve=learning_curve,
    )
    with open_progress() as progress:
        published, figures = train_model(dataset, out, settings, serve=serve, clock=SystemClock(), progress=progress)
    _tell(published, figures, as_json=as_json)


def _tell(published: "ModelFolder", figures: "Figures", *, as_json: bool) -> None:
    """Write the page of the training, then print what the model is worth and where all of it lies."""
    from coopwatch.clock import SystemClock
    from coopwatch.vision.publish import version_before
    from coopwatch.workbench.figures.figures_text import curve_lines, figures_lines
    from coopwatch.workbench.report.origin import training_subject
    from coopwatch.workbench.report.write import write_report
    from coopwatch.workbench.run_folder import run_folder

    subject = training_subject(published, SystemClock().now())
    report = write_report(run_folder(published), subject)
    if as_json:
        print_json({**figures.as_json(), "model": published.path, "report": report})
        return
    for line in (*figures_lines(figures), *curve_lines(subject.learning)):
        typer.echo(line)
    typer.echo(f"report: {report}")
    model = published.path.parent
    if before := version_before(model):
        typer.echo(f"{before} was active before; to have it again: coopwatch models rollback {model}")
    typer.echo(f"published {published.path}, now active")
