"""What spoils a data set: pictures and what they look like in; findings, each with its remedy, out."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from coopwatch.errors import DatasetError
from coopwatch.values import Role
from coopwatch.vision.card import Label
from coopwatch.vision.light_mode import LightMode
from coopwatch.workbench.pictures.dataset import Picture
from coopwatch.workbench.pictures.looks import Glance, Look
from coopwatch.workbench.pictures.near_copies import near_copies
from coopwatch.workbench.pictures.split import SplitRule, split_pictures

FEWEST = 20  # pictures of a label
FEWEST_DAYS = 3  # of a label, where times are known
MOST_UNEVEN = 3  # times as many pictures of one label as of another
SHORTEST_SIDE = 64  # pixels; a hen's face needs them
RARE_LIGHT = 0.1  # share of the pictures; less of a light is chance
_MUST_DIFFER = (("test", "train"), ("validation", "train"), ("test", "validation"))
_LIGHT_WORDS = {LightMode.COLOUR: "colour", LightMode.INFRA_RED: "infra-red (grey)"}

Grade = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that someone should look at."""

    check: str
    grade: Grade = "warning"  # error: figures or labels are wrong until it is mended
    seen: str
    remedy: str
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """A data set and one glance at it."""

    labels: tuple[Label, ...]
    pictures: tuple[Picture, ...]
    glance: Glance

    @property
    def counts(self) -> Counter[str]:
        """Label -> pictures."""
        return Counter(picture.label for picture in self.pictures)


def lint(inspection: Inspection) -> list[Finding]:
    """All that the checks find, errors first."""
    found = [finding for check in _CHECKS for finding in check(inspection)]
    return sorted(found, key=lambda finding: finding.grade)


def _unreadable(inspection: Inspection) -> Iterator[Finding]:
    if files := inspection.glance.unreadable:
        yield Finding(
            check="unreadable",
            seen=f"{len(files)} of {len(inspection.pictures)} pictures do not decode; they are passed over",
            remedy="take or save them again, or delete them",
            files=files,
        )


def _contradictions(inspection: Inspection) -> Iterator[Finding]:
    """One picture under two labels: one of them is wrong."""
    same = defaultdict(list)
    for picture in inspection.pictures:
        if picture.sha256:
            same[picture.sha256].append(picture)
    for pictures in same.values():
        labels = sorted({picture.label for picture in pictures})
        if len(labels) > 1:
            yield Finding(
                check="contradiction",
                grade="error",
                seen=f"one picture is labelled {' and '.join(labels)}",
                remedy="keep the right one and delete the other, be it a file or a row of labels.csv",
                files=tuple(dict.fromkeys(picture.path for picture in pictures)),
            )


def _copies_across_parts(inspection: Inspection) -> Iterator[Finding]:
    is_divided = any(picture.part for picture in inspection.pictures)
    parts = _parts(inspection)
    for here, there in _MUST_DIFFER:
        pairs = list(near_copies(parts[here], parts[there]))
        if pairs:
            yield Finding(
                check="copies across the split",
                grade="error" if is_divided else "warning",
                seen=f"{len(pairs)} of {len(parts[here])} pictures {_of(here, is_divided)} are near copies of "
                f"pictures {_of(there, is_divided)}; figures measured on them flatter",
                remedy="take the copies out, or, where times are known, divide by day or by visit",
                files=tuple(look.picture.path for pair in pairs for look in pair),
            )


def _of(part: str, is_divided: bool) -> str:
    purpose = {"train": "learn from", "validation": "tune on", "test": "test on"}[part]
    return f"of the {part} part" if is_divided else f"that `coopwatch train` would {purpose}"


def _parts(inspection: Inspection) -> dict[str, list[Look]]:
    """The looks of each part as the data set is divided, or else as training would divide it."""
    if any(picture.part for picture in inspection.pictures):
        part_of = {picture.path: picture.part or "train" for picture in inspection.pictures}
    else:
        try:
            split = split_pictures(inspection.pictures, SplitRule())
        except DatasetError:
            return defaultdict(list)  # too few to divide; the counts say so
        part_of = {picture.path: "train" for picture in split.train}
        part_of |= {picture.path: "validation" for picture in split.validation}
        part_of |= {picture.path: "test" for picture in split.test}
    parts: dict[str, list[Look]] = defaultdict(list)
    for look in inspection.glance.looks:
        if look.picture.path in part_of:
            parts[part_of[look.picture.path]].append(look)
    return parts


def _lone_label(inspection: Inspection) -> Iterator[Finding]:
    if len(inspection.counts) == 1:
        yield Finding(
            check="lone label",
            grade="error",
            seen=f"{next(iter(inspection.counts))} is the only label",
            remedy="add pictures of another; a network learns differences",
        )


def _too_few(inspection: Inspection) -> Iterator[Finding]:
    few = {label: count for label, count in sorted(inspection.counts.items()) if count < FEWEST}
    if few:
        yield Finding(
            check="few pictures",
            seen=f"fewer than {FEWEST} pictures: {_counted(few)}",
            remedy="take more, on several days, or leave the label out with --exclude",
        )


def _few_days(inspection: Inspection) -> Iterator[Finding]:
    days = defaultdict(set)
    for picture in inspection.pictures:
        days[picture.label].add(picture.day)
    few = {label: len(seen) for label, seen in sorted(days.items()) if None not in seen and len(seen) < FEWEST_DAYS}
    if few:
        yield Finding(
            check="few days",
            seen=f"seen on fewer than {FEWEST_DAYS} days: {_counted(few)}",
            remedy="take pictures on other days; those of one day are near copies",
        )


def _missing_in_part(inspection: Inspection) -> Iterator[Finding]:
    parts = {picture.part or "train" for picture in inspection.pictures}
    for part in sorted(parts) if len(parts) > 1 else ():
        there = {picture.label for picture in inspection.pictures if (picture.part or "train") == part}
        if missing := sorted(inspection.counts.keys() - there):
            yield Finding(
                check="label missing in a part",
                grade="warning",
                seen=f"the {part} part has no {', '.join(missing)}",
                remedy="divide anew, or take pictures on more days",
            )


def _uneven(inspection: Inspection) -> Iterator[Finding]:
    (most, count), *_ = inspection.counts.most_common(1)
    rare = {label: n for label, n in sorted(inspection.counts.items()) if n * MOST_UNEVEN < count}
    if rare:
        yield Finding(
            check="imbalance",
            seen=f"{most} has {count} pictures, more than {MOST_UNEVEN} times as many as {_counted(rare)}",
            remedy="take more of the rare ones; until then read their recall, not the overall share",
        )


def _tiny(inspection: Inspection) -> Iterator[Finding]:
    tiny = [look for look in inspection.glance.looks if min(look.width, look.height) < SHORTEST_SIDE]
    if tiny:
        yield Finding(
            check="tiny pictures",
            seen=f"{len(tiny)} of {len(inspection.glance.looks)} pictures are less than {SHORTEST_SIDE} pixels wide or "
            "high",
            remedy="cut the nests from the camera's full picture; enlarging adds nothing to see",
            files=tuple(look.picture.path for look in tiny),
        )


def _one_light(inspection: Inspection) -> Iterator[Finding]:
    """A label seen by one light only in a data set of both: the network may learn the light instead."""
    lights: dict[str, Counter[LightMode]] = {label: Counter() for label in inspection.counts}
    for look in inspection.glance.looks:
        if look.light is not None:
            lights[look.picture.label][look.light] += 1
    total = Counter(look.light for look in inspection.glance.looks)
    if min(total[light] for light in LightMode) < RARE_LIGHT * total.total():
        return
    for light in LightMode:
        if labels := {label: seen[light] for label, seen in sorted(lights.items()) if set(seen) == {light}}:
            yield Finding(
                check="one light",
                grade="warning",
                seen=f"{_LIGHT_WORDS[light]} pictures only, though the data set has both lights: {_counted(labels)}",
                remedy="add pictures by the other light, or say --augmentation mild_infrared; "
                "else the network learns the light, not the hen",
            )


def _no_disturbance(inspection: Inspection) -> Iterator[Finding]:
    roles = {label.role for label in inspection.labels}
    if Role.HEN in roles and not {Role.OTHER, Role.EMPTY} <= roles:
        missing = " and ".join(role for role in (Role.EMPTY, Role.OTHER) if role not in roles)
        yield Finding(
            check="background",
            seen=f"no label with the role {missing}",
            remedy="add pictures of the empty nest, and of hands, brooms and strangers as `other`; "
            "a network that knows hens alone sees a hen in everything",
        )


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{label} ({count})" for label, count in counts.items())


_CHECKS: Sequence[Callable[[Inspection], Iterator[Finding]]] = (
    _unreadable,
    _contradictions,
    _copies_across_parts,
    _lone_label,
    _too_few,
    _few_days,
    _missing_in_part,
    _uneven,
    _tiny,
    _one_light,
    _no_disturbance,
)
