"""What a label means, told from its name: a folder called `egg` holds eggs, one called `red_twin` a hen."""

import re
from collections.abc import Mapping

from coopwatch.errors import DatasetError
from coopwatch.values import Role
from coopwatch.vision.card import Label

_ROLES = (
    (re.compile(r"eggs?([_-]?\d+)?", re.IGNORECASE), Role.EGG),
    (re.compile(r"empty|nothing|straw", re.IGNORECASE), Role.EMPTY),
    (
        re.compile(
            r"(other|ambiguous|background|unknown|unsure|blur|fog|hand|keeper|person|broom|rat|mouse|cat|dog|fox)s?",
            re.IGNORECASE,
        ),
        Role.OTHER,
    ),
)


def role_of(name: str) -> Role:
    """The role that a label's name tells; whatever is no egg, nothing empty and no disturbance is a hen."""
    return next((role for pattern, role in _ROLES if pattern.fullmatch(name)), Role.HEN)


def make_labels(names: set[str], roles: Mapping[str, Role]) -> tuple[Label, ...]:
    """Labels sorted by name, with the roles that were given, else told by their names.

    Raises:
        DatasetError: a role for a label that is not there, or more than one label of eggs.
    """
    if strangers := sorted(roles.keys() - names):
        raise DatasetError(
            f"--roles: received {', '.join(strangers)}, expected labels of the data set ({', '.join(sorted(names))}); "
            "correct the name"
        )
    labels = tuple(Label(name=name, role=roles.get(name) or role_of(name)) for name in sorted(names))
    eggs = [label.name for label in labels if label.role is Role.EGG]
    if len(eggs) > 1:
        merges = " ".join(f"--merge {name}=egg" for name in eggs if name != "egg")
        raise DatasetError(
            f"labels: received {len(eggs)} labels of eggs ({', '.join(eggs)}), expected one, because networks tell "
            f"eggs from eggs badly; say {merges}, or give the others another role with --roles"
        )
    return labels
