"""The options that several commands on data sets share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coopwatch.workbench.dataset import Reading
    from coopwatch.workbench.lint import Subject
    from coopwatch.workbench.progress import Progress

Datasets = Annotated[
    list[Path],
    typer.Argument(metavar="DATASET...", help="A folder with a folder a label, or with a labels.csv; or such a table."),
]
Merge = Annotated[
    list[str] | None, typer.Option("--merge", metavar="FOLDER=LABEL", help="Such as egg_1=egg; repeatable.")
]
Roles = Annotated[
    list[str] | None, typer.Option("--roles", metavar="LABEL=ROLE", help="hen, egg, empty or other; repeatable.")
]
Exclude = Annotated[list[str] | None, typer.Option("--exclude", metavar="LABEL", help="Leave a label out; repeatable.")]
Timezone = Annotated[str, typer.Option("--timezone", help="Of times in file names and of days.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def read_options(
    merge: "Sequence[str] | None", roles: "Sequence[str] | None", exclude: "Sequence[str] | None", timezone: str
) -> "Reading":
    """How these options say that folders become labels."""
    from coopwatch.workbench.dataset import Reading
    from coopwatch.workbench.label_options import parse_pairs, parse_roles, parse_zone

    return Reading(
        merge=dict(parse_pairs("--merge", merge or ())),
        roles=parse_roles(roles or ()),
        exclude=frozenset(exclude or ()),
        zone=parse_zone(timezone),
    )


def look_into(datasets: "Sequence[Path]", reading: "Reading", progress: "Progress") -> "Subject":
    """The data set, even if it has a single label, and one glance at every picture.

    Raises:
        UserMustActError: the extra for training is missing.
        DatasetError: it cannot be read.
    """
    from coopwatch.workbench.dataset import read_dataset
    from coopwatch.workbench.extra import training_extra

    with training_extra("dataset"):
        from coopwatch.workbench.lint import Subject
        from coopwatch.workbench.looks import look_at
    dataset = read_dataset(datasets, reading, fewest=1)
    return Subject(labels=dataset.labels, pictures=dataset.pictures, glance=look_at(dataset.pictures, progress))


def print_json(value: Any) -> None:
    """Print a value as JSON; paths become text, in ASCII alone because a file's name may be no text at all."""
    import json

    typer.echo(json.dumps(value, indent=2, default=str))
