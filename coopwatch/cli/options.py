"""The options that several commands share, declared once; and their answers as JSON."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from coopwatch.errors import UserMustActError

_LABELS, _TEST = "Labels", "Test"  # the headings that `--help` puts them under

Model = Annotated[Path, typer.Argument(metavar="MODEL", help="A model's folder; its active version is used.")]
Datasets = Annotated[
    list[Path],
    typer.Argument(metavar="DATASET...", help="A folder with a folder a label, or with a labels.csv; or such a table."),
]
Merge = Annotated[
    list[str] | None,
    typer.Option("--merge", metavar="FOLDER=LABEL", help="Such as egg_1=egg; repeatable.", rich_help_panel=_LABELS),
]
Roles = Annotated[
    list[str] | None,
    typer.Option(
        "--roles", metavar="LABEL=ROLE", help="hen, egg, empty or other; repeatable.", rich_help_panel=_LABELS
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="LABEL", help="Leave a label out; repeatable.", rich_help_panel=_LABELS),
]
Timezone = Annotated[
    str, typer.Option("--timezone", help="Of times in file names and of days.", rich_help_panel=_LABELS)
]
SplitBy = Annotated[
    Literal["day", "visit", "random"] | None,
    typer.Option("--split", help="Default: day, where times are known.", rich_help_panel=_TEST),
]
TrainUntil = Annotated[
    str | None,
    typer.Option(
        "--train-until",
        metavar="DATE",
        help="Learn from days up to this one, test on later ones.",
        rich_help_panel=_TEST,
    ),
]
Test = Annotated[
    list[Path] | None,
    typer.Option(
        "--test", metavar="DATASET", help="Test on these pictures, never seen; repeatable.", rich_help_panel=_TEST
    ),
]
Seed = Annotated[
    int,
    typer.Option("--seed", min=0, help="The same seed and pictures give the same split.", rich_help_panel=_TEST),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def require_picture(image: Path) -> None:
    """Refuse what is no file, before the work begins.

    Raises:
        UserMustActError: a folder, or nothing at all.
    """
    if not image.is_file():
        received, remedy = (
            ("a folder", f"name files, as in {image}/*.jpg") if image.is_dir() else ("no such file", "name another")
        )
        raise UserMustActError(f"{image}: received {received}, expected a picture; {remedy}")


def print_json(value: Any) -> None:
    """Print a value as JSON; paths become text, in ASCII alone because a file's name may be no text at all."""
    import json

    typer.echo(json.dumps(value, indent=2, default=str))
