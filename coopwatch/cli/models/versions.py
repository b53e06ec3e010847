"""`coopwatch models list`, `activate`, `rollback`: a model's folder in, its versions or the one now in use out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coopwatch.cli.options import AsJson, print_json
from coopwatch.workbench.share import percent

if TYPE_CHECKING:
    from coopwatch.vision.versions import Version

Model = Annotated[Path, typer.Argument(metavar="MODEL", help="A model's folder, such as models/nest.")]

_HEAD = ("", "model", "version", "made", "network", "right", "calibration error", "MB")


def list_(
    place: Annotated[Path, typer.Argument(metavar="DIR", help="A model's folder, or one that holds models.")] = Path(
        "models"
    ),
    as_json: AsJson = False,
) -> None:
    """List versions: when each was made, by which network, how good it was; a star marks the one in use."""
    from coopwatch.vision.versions import list_versions
    from coopwatch.workbench.text_table import aligned

    versions = list_versions(place)
    if as_json:
        print_json([_as_json(version) for version in versions])
        return
    for line in aligned([_HEAD, *(_row(version) for version in versions)]):
        typer.echo(line)
    for version in versions:
        if version.fault is not None:
            typer.echo(version.fault, err=True)


def activate(
    model: Model,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="As `models list` shows it.")],
    as_json: AsJson = False,
) -> None:
    """Make a version the one in use."""
    from coopwatch.vision.publish import activate as make_active

    make_active(model, version)
    _tell(model, version, as_json=as_json)


def rollback(model: Model, as_json: AsJson = False) -> None:
    """Go back to the version that was in use before; again goes further back."""
    from coopwatch.vision.publish import roll_back

    _tell(model, roll_back(model), as_json=as_json)


def _tell(model: Path, version: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"model": model, "active": version})
        return
    typer.echo(f"{model}: {version} is in use; a running daemon takes it on SIGHUP, or when its config is saved")


def _row(version: "Version") -> tuple[str, ...]:
    star, model, name = "*" * version.is_active, version.path.parent.name, version.path.name
    card = version.card
    if card is None:
        return star, model, name, "", "damaged", "", "", ""
    count, right, error = (card.metrics.get(key) for key in ("count", "right", "calibration_error"))
    return (
        star,
        model,
        name,
        f"{card.created:%Y-%m-%d %H:%M}",
        card.network,
        f"{right} of {count} ({percent(right / count, 1)})" if count and right is not None else "not measured",
        "" if error is None else f"{error:.3f}",
        f"{_bytes(version.path, card.files) / 1e6:.1f}",
    )


def _bytes(folder: Path, files: Any) -> int:
    return sum((folder / name).stat().st_size for name in files)


def _as_json(version: "Version") -> dict[str, Any]:  # the border: what scripts read
    card = version.card
    described = (
        {}
        if card is None
        else card.model_dump(mode="json", include={"name", "network", "created", "labels", "input", "metrics"})
    )
    return {
        "path": str(version.path),
        "version": version.path.name,
        "active": version.is_active,
        **described,
        "bytes": None if card is None else _bytes(version.path, card.files),
        "fault": version.fault,
    }
