"""A data set and one glance at it in; a line of numbers for each label out."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coopwatch.values import Role
from coopwatch.vision.light_mode import LightMode
from coopwatch.workbench.pictures.dataset import Picture
from coopwatch.workbench.pictures.lint import Inspection
from coopwatch.workbench.pictures.looks import Look
from coopwatch.workbench.pictures.split import visits_of
from coopwatch.workbench.text_table import aligned

_HEAD = ("label", "role", "pictures", "days", "visits", "train/validation/test", "smallest", "largest", "light")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStats:
    """The pictures of one label, or of all."""

    label: str
    role: Role | None
    pictures: int
    pseudo: int  # of them labelled by a model
    unreadable: int
    undated: int  # of unknown time; they are of no day and no visit
    days: int
    visits: int
    parts: dict[str, int]  # "" for pictures that no part claims
    smallest: tuple[int, int] | None  # width, height; None: nothing decodes
    largest: tuple[int, int] | None
    lights: dict[str, int]  # "unclear" for those between the two


def measure_labels(inspection: Inspection) -> list[LabelStats]:
    """Each label, then all of them together as `all`."""
    looks = defaultdict(list)
    for look in inspection.glance.looks:
        looks[look.picture.label].append(look)
    pictures = defaultdict(list)
    for picture in inspection.pictures:
        pictures[picture.label].append(picture)
    rows = [_measure(label.name, label.role, pictures[label.name], looks[label.name]) for label in inspection.labels]
    return [*rows, _measure("all", None, inspection.pictures, inspection.glance.looks)]


def stats_lines(rows: Sequence[LabelStats]) -> Iterator[str]:
    """A table for people."""
    return aligned([_HEAD, *(_cells(row) for row in rows)])


def _measure(label: str, role: Role | None, pictures: Sequence[Picture], looks: Sequence[Look]) -> LabelStats:
    dated = [picture for picture in pictures if picture.taken_at is not None]
    by_label = defaultdict(list)
    for picture in dated:
        by_label[picture.label].append(picture)
    sizes = sorted(((look.width, look.height) for look in looks), key=lambda size: size[0] * size[1])
    return LabelStats(
        label=label,
        role=role,
        pictures=len(pictures),
        pseudo=sum(picture.origin == "pseudo" for picture in pictures),
        unreadable=len(pictures) - len(looks),
        undated=len(pictures) - len(dated),
        days=len({picture.day for picture in dated}),
        visits=sum(len(visits_of(one)) for one in by_label.values()),
        parts=dict(Counter(picture.part or "" for picture in pictures)),
        smallest=sizes[0] if sizes else None,
        largest=sizes[-1] if sizes else None,
        lights=dict(Counter("unclear" if look.light is None else look.light.value for look in looks)),
    )


def _cells(row: LabelStats) -> tuple[str, ...]:
    counts = {"pseudo": row.pseudo, "unreadable": row.unreadable, "undated": row.undated}
    aside = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    parts = "/".join(str(row.parts.get(part, 0)) for part in ("train", "validation", "test"))
    return (
        row.label,
        row.role or "",
        f"{row.pictures} ({aside})" if aside else str(row.pictures),
        str(row.days or ""),
        str(row.visits or ""),
        "" if set(row.parts) == {""} else parts,
        _size(row.smallest),
        _size(row.largest),
        ", ".join(f"{light.value} {row.lights[light.value]}" for light in LightMode if light.value in row.lights),
    )


def _size(size: tuple[int, int] | None) -> str:
    return "" if size is None else f"{size[0]}x{size[1]}"
