"""`coopwatch train DATASET --out DIR`: a folder of pictures, one folder a label, in; a published model out."""

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from coopwatch.errors import UserMustActError
from coopwatch.values import Role

if TYPE_CHECKING:
    from coopwatch.vision.card import ModelCard
    from coopwatch.workbench.dataset import Reading


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("train")(train)


def train(  # noqa: PLR0913, PLR0917 (each is an option of the command line)
    dataset: Annotated[Path, typer.Argument(metavar="DATASET", help="Pictures, a folder a label.")],
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
    from coopwatch.workbench.progress import open_progress
    from coopwatch.workbench.quiet import quiet_natives
    from coopwatch.workbench.split import SplitRule

    reading = make_reading(roles=roles, merge=merge, exclude=exclude, timezone=timezone)
    rule = SplitRule(method=split, train_until=_parse_date(train_until), seed=seed)
    form = _parse_size(size)
    with open_progress() as progress:
        with quiet_natives():
            from coopwatch.workbench.scratch import ScratchSettings
            from coopwatch.workbench.train import TrainSettings, train_model
        published = train_model(
            dataset,
            out,
            TrainSettings(
                network=network,
                size=form,
                reading=reading,
                split=rule,
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
            serve=lambda folder: LiteRTEngine(Plan.of(folder, "litert")).predict,
            clock=SystemClock(),
            progress=progress,
        )
    _tell(published.card)
    typer.echo(f"published {published.path}, now active")


def make_reading(
    *, roles: Sequence[str] | None, merge: Sequence[str] | None, exclude: Sequence[str] | None, timezone: str
) -> "Reading":
    """How the options say a data set is to be read; UserMustActError for what cannot be."""
    from coopwatch.workbench.dataset import Reading

    return Reading(
        roles={label: _parse_role(role) for label, role in _pairs("--roles", roles)},
        merge=dict(_pairs("--merge", merge)),
        exclude=frozenset(exclude or ()),
        zone=_parse_zone(timezone),
    )


def _pairs(option: str, values: Sequence[str] | None) -> list[tuple[str, str]]:
    pairs = []
    for value in values or ():
        name, sign, meaning = value.partition("=")
        if not (name and sign and meaning):
            raise UserMustActError(f"{option}: received {value}, expected two names joined by '='; write NAME=NAME")
        pairs.append((name, meaning))
    return pairs


def _parse_role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError as error:
        raise UserMustActError(f"--roles: received {text}, expected {', '.join(Role)}; choose one") from error


def _parse_zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UserMustActError(
            f"--timezone: received {text}, expected a name such as Europe/Berlin; look it up in the tz list"
        ) from error


def _parse_date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise UserMustActError(f"--train-until: received {text}, expected a date; write 2026-05-01") from error


def _parse_size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    height, _, width = text.partition("x")
    if not (height.isdigit() and width.isdigit() and 8 <= int(height) <= 4096 and 8 <= int(width) <= 4096):
        raise UserMustActError(f"--size: received {text}, expected HEIGHTxWIDTH, each 8 to 4096; write 224x224")
    return int(height), int(width)


def _tell(card: "ModelCard") -> None:
    figures = card.metrics
    typer.echo(f"right on pictures never seen: {figures['right']} of {figures['count']} ({figures['accuracy']:.1%})")
    for name, label in figures["labels"].items():
        typer.echo(
            f"  {name:<16} precision {label['precision']:.2f}  recall {label['recall']:.2f}  "
            f"f1 {label['f1']:.2f}  pictures {label['support']}"
        )
    parity = figures["parity"]
    typer.echo(f"export names {parity['same']} of {parity['count']} pictures as the trained network does")
