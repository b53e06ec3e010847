"""Divides pictures into those that train, those that tune and those never seen: by day, visit, folder or at random.

Pictures of one hour are near copies. Whoever divides them at random tests on what was learnt by heart; so groups that
belong together (a day, a visit) stay together.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from coopwatch.errors import DatasetError
from coopwatch.workbench.pictures.dataset import Picture

Chosen = Literal["day", "visit", "random"]
Method = Literal["day", "visit", "random", "folders", "date"]
Group = list[Picture]

_HONEST_FIRST: tuple[Chosen, ...] = ("day", "visit", "random")
_SAME_VISIT = timedelta(hours=1)  # two pictures of a label further apart than this are of two visits


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Three lists that share no picture."""

    train: tuple[Picture, ...]
    validation: tuple[Picture, ...]
    test: tuple[Picture, ...]
    method: Method
    notes: tuple[str, ...] = ()  # what a reader of the figures must know


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRule:
    """How to divide; `method` None means by folder where there are parts, else by day where times tell them."""

    method: Chosen | None = None
    train_until: date | None = None  # the last day that may be learnt from; later days are the test
    seed: int = 0
    test_share: float = 0.2  # of all, where no days or folders decide it
    validation_share: float = 0.2  # of what the test leaves


def split_pictures(pictures: Sequence[Picture], rule: SplitRule) -> Split:
    """Divide the pictures; the same pictures and rule give the same split.

    Pictures that a model labelled are learnt from only; one that a person labelled too is left out.

    Raises:
        DatasetError: the rule needs times that the pictures do not have, or leaves nothing to train or to test.
    """
    human = [picture for picture in pictures if picture.origin == "human"]
    split = _split_human(human, rule)
    learnt = {picture.sha256 for picture in (*split.train, *split.validation)}
    if seen := sum(picture.sha256 in learnt for picture in split.test):
        told = f"{seen} of {len(split.test)} test pictures are learnt from too: the figures flatter; take them out"
        split = replace(split, notes=(*split.notes, told))
    known = {picture.sha256 for picture in human}
    pseudo = tuple(picture for picture in pictures if picture.origin == "pseudo" and picture.sha256 not in known)
    return replace(split, train=(*split.train, *pseudo))


def _split_human(pictures: Sequence[Picture], rule: SplitRule) -> Split:
    if not pictures:
        raise DatasetError("received no picture that decodes, expected some; take or save them again")
    if rule.train_until is not None:
        split = _by_date(pictures, rule.train_until, rule)
    elif rule.method is None and any(picture.part for picture in pictures):
        split = _by_folders(pictures, rule)
    elif rule.method is not None:
        split = _by_method(pictures, rule.method, rule)
    else:
        split = _by_default(pictures, rule)
    for name, part in (("train", split.train), ("test", split.test)):
        if not part:
            remedy = "take more" if split.method == "random" else "take more on other days, or divide at random"
            raise DatasetError(
                f"split by {split.method}: received {len(pictures)} pictures that leave none to {name}, "
                f"expected some; {remedy}"
            )
    return split


def _default_method(pictures: Sequence[Picture]) -> Chosen:
    if any(picture.day is None for picture in pictures):
        return "random"
    return "day" if len({picture.day for picture in pictures}) > 1 else "visit"


def _by_default(pictures: Sequence[Picture], rule: SplitRule) -> Split:
    """By day where times tell it; by less where so few days, or visits, leave nothing to test on."""
    first = _default_method(pictures)
    methods = _HONEST_FIRST[_HONEST_FIRST.index(first) :]
    for method in methods:
        split = _by_method(pictures, method, rule)
        if split.test:
            break
    if split.method == first:
        return split
    return replace(split, notes=(f"too few pictures to test on by {first}: divided by {split.method}", *split.notes))


def _by_method(pictures: Sequence[Picture], method: Chosen, rule: SplitRule) -> Split:
    rest, test = _take(pictures, method, rule.test_share, rule.seed)
    notes = _method_notes(pictures, method, chosen=rule.method is not None)
    return _with_validation(rest, test, method, rule, notes)


def _by_date(pictures: Sequence[Picture], last: date, rule: SplitRule) -> Split:
    _require_times(pictures)
    rest = [picture for picture in pictures if picture.day is not None and picture.day <= last]
    test = [picture for picture in pictures if picture.day is not None and picture.day > last]
    return _with_validation(rest, test, "date", rule, (f"trained on days up to {last}, tested on later days",))


def _by_folders(pictures: Sequence[Picture], rule: SplitRule) -> Split:
    parts = defaultdict(list)
    for picture in pictures:
        parts[picture.part or "train"].append(picture)
    if parts["validation"]:
        return Split(
            train=tuple(parts["train"]),
            validation=tuple(parts["validation"]),
            test=tuple(parts["test"]),
            method="folders",
        )
    return _with_validation(parts["train"], parts["test"], "folders", rule, ())


def _with_validation(
    rest: Sequence[Picture], test: Sequence[Picture], method: Method, rule: SplitRule, notes: tuple[str, ...]
) -> Split:
    inner = "visit" if method == "visit" else _default_method(rest)
    train, validation = _take(rest, inner, rule.validation_share, rule.seed + 1)
    if not validation:
        inner = "random"
        train, validation = _take(rest, inner, rule.validation_share, rule.seed + 1)
    if inner != method and rest:
        notes = (*notes, f"validation pictures were taken from the training part by {inner}")
    return Split(train=tuple(train), validation=tuple(validation), test=tuple(test), method=method, notes=notes)


def _take(pictures: Sequence[Picture], method: Chosen, share: float, seed: int) -> tuple[list[Picture], list[Picture]]:
    """(what stays, what is taken): whole groups, about `share` of the pictures, no label taken away entirely."""
    rng = random.Random(seed)  # noqa: S311 (a split must be repeatable, not secret)
    taken: set[str] = set()
    for stratum in _strata(pictures, method):
        rng.shuffle(stratum)
        taken |= {str(picture.path) for group in _choose(stratum, share) for picture in group}
    return (
        [picture for picture in pictures if str(picture.path) not in taken],
        [picture for picture in pictures if str(picture.path) in taken],
    )


def _choose(groups: Sequence[Group], share: float) -> list[Group]:
    wanted = share * sum(len(group) for group in groups)
    left = Counter(picture.label for group in groups for picture in group)
    chosen: list[Group] = []
    count = 0
    for group in groups:
        labels = Counter(picture.label for picture in group)
        # Half a group too many is better than none, but a label's last pictures stay to be learnt from.
        if count + len(group) / 2 > wanted or any(left[label] <= number for label, number in labels.items()):
            continue
        chosen.append(group)
        count += len(group)
        left -= labels
    return chosen


def _strata(pictures: Sequence[Picture], method: Chosen) -> list[list[Group]]:
    """Groups of pictures; days in one stratum, visits and single pictures in one stratum a label."""
    if method == "day":
        _require_times(pictures)
        return [_grouped(pictures, lambda picture: picture.day)]
    by_label = _grouped(pictures, lambda picture: picture.label)
    if method == "random":
        return [_grouped(group, lambda picture: picture.sha256 or str(picture.path)) for group in by_label]
    _require_times(pictures)
    return [visits_of(group) for group in by_label]


def visits_of(pictures: Iterable[Picture]) -> list[Group]:
    """Runs of one label's pictures, all of known times, without a long pause."""
    visits: list[Group] = []
    before: datetime | None = None
    for picture in sorted(pictures, key=lambda picture: (str(picture.taken_at), str(picture.path))):
        assert picture.taken_at is not None
        if before is None or picture.taken_at - before > _SAME_VISIT:
            visits.append([])
        visits[-1].append(picture)
        before = picture.taken_at
    return visits


def _grouped(pictures: Iterable[Picture], key: Callable[[Picture], Hashable]) -> list[Group]:
    groups: defaultdict[Hashable, Group] = defaultdict(list)
    for picture in pictures:
        groups[key(picture)].append(picture)
    return [groups[value] for value in sorted(groups, key=str)]


def _require_times(pictures: Sequence[Picture]) -> None:
    if unknown := [picture.path for picture in pictures if picture.day is None]:
        raise DatasetError(
            f"{unknown[0]}: received a picture of unknown time ({len(unknown)} of {len(pictures)}), expected a time in "
            "the file name (2026-05-01T05-00-10Z) or in EXIF; rename the files or divide at random"
        )


def _method_notes(pictures: Sequence[Picture], method: str, *, chosen: bool) -> tuple[str, ...]:
    if method != "random":
        return ()
    unknown = sum(picture.day is None for picture in pictures)
    if not unknown:
        return ("split at random although times are known: near copies on both sides make the figures flatter",)
    return () if chosen else (f"split at random: the times of {unknown} of {len(pictures)} pictures are unknown",)
