"""How what a nest holds changes by itself: probabilities of labels and elapsed time in, probabilities out.

Whoever leaves a nest leaves an egg or an empty one; into a quiet nest comes a hen, now and then a hand. So the chance
of the next label depends on the roles of both. A label holds for `rules.dwell` on average, then one of `FOLLOWS` takes
its place; within a role, all labels are alike. That is a Markov chain in continuous time, solved exactly:

- the shares of the four roles move by exp(t (F - 1)), t = elapsed / dwell, summed by uniformisation
  (A. Jensen, Markoff chains as an aid in the study of Markoff processes, Skandinavisk Aktuarietidskrift 36, 1953);
- within a role, what sets its labels apart fades with exp(-t (1 + f / (n - 1))), where f is the chance that another of
  its n labels follows.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from operator import mul

from coopwatch.values import Role

FOLLOWS: Mapping[Role, Mapping[Role, float]] = {
    Role.HEN: {Role.EMPTY: 0.40, Role.EGG: 0.40, Role.HEN: 0.10, Role.OTHER: 0.10},
    Role.EGG: {Role.HEN: 0.85, Role.EMPTY: 0.10, Role.OTHER: 0.05},
    Role.EMPTY: {Role.HEN: 0.90, Role.EGG: 0.05, Role.OTHER: 0.05},
    Role.OTHER: {Role.HEN: 0.30, Role.EGG: 0.30, Role.EMPTY: 0.40},
}
"""Role -> which role comes next, how often; an egg that appears without a hen was laid while nobody looked."""

_SETTLED = 60.0  # dwell times after which a nest has forgotten what was in it
_NEGLIGIBLE = 1e-13

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """The chance of each move within one span of time, for labels with these roles."""

    kinds: tuple[int, ...]  # of each label, in the order of the columns that `apply` takes: the number of its role
    alike: Matrix  # role before -> role after: what each label of it gets, whichever label was before
    fading: tuple[float, ...]  # 0..1, of each role: what is left of that which sets its labels apart

    @classmethod
    def within(cls, elapsed: timedelta, dwell: timedelta, roles: tuple[Role, ...]) -> "Moves":
        """The moves of `elapsed` in nests whose labels hold for `dwell` on average."""
        return _moves(min(elapsed / dwell, _SETTLED), roles)

    def apply(self, column: Sequence[float]) -> list[float]:
        """Shares of the labels before in, shares after out; their sum stays."""
        before = [0.0] * len(self.fading)
        for share, kind in zip(column, self.kinds, strict=True):
            before[kind] += share
        level = [sum(map(mul, before, gets)) for gets in zip(*self.alike, strict=True)]
        return [level[kind] + share * self.fading[kind] for share, kind in zip(column, self.kinds, strict=True)]


@lru_cache(maxsize=64)  # frames come at an even pace: the span is nearly always one of few
def _moves(span: float, roles: tuple[Role, ...]) -> Moves:
    kinds, follows = _chain(roles)
    counts = [roles.count(kind) for kind in kinds]
    fading = [
        math.exp(-span * (1 + follows[number][number] / max(1, count - 1))) for number, count in enumerate(counts)
    ]
    between = _exponential(follows, span)
    alike = tuple(
        tuple(
            (between[before][after] - (before == after) * fading[after]) / count for after, count in enumerate(counts)
        )
        for before in range(len(kinds))
    )
    return Moves(tuple(map(kinds.index, roles)), alike, tuple(fading))


@lru_cache(maxsize=32)
def settled(roles: tuple[Role, ...]) -> tuple[float, ...]:
    """What a nest holds at any moment when nothing is known of it: a share for each label."""
    start = [1 / len(roles)] * len(roles)
    return tuple(Moves.within(timedelta(seconds=_SETTLED), timedelta(seconds=1), roles).apply(start))


@lru_cache(maxsize=32)
def _chain(roles: tuple[Role, ...]) -> tuple[tuple[Role, ...], Matrix]:
    """The roles that occur, and `FOLLOWS` among them; a lone label is not followed by another of its role."""
    kinds = tuple(role for role in Role if role in roles)
    rows = []
    for before in kinds:
        others = {kind: FOLLOWS[before].get(kind, 0.0) for kind in kinds if kind != before or roles.count(kind) > 1}
        total = sum(others.values())
        # Where nothing that could follow occurs at all, what is there stays.
        rows.append(tuple(others.get(kind, 0.0) / total if total else float(kind == before) for kind in kinds))
    return kinds, tuple(rows)


def _exponential(follows: Matrix, span: float) -> Matrix:
    """exp(span (follows - 1)): how many moves there were is Poisson distributed; each multiplies once."""
    size = range(len(follows))
    power = tuple(tuple(float(row == column) for column in size) for row in size)
    total = [[0.0] * len(follows) for _ in size]
    weight, moves, left = math.exp(-span), 0, 1.0
    while left > _NEGLIGIBLE and moves < 4 * _SETTLED:
        for row in size:
            for column in size:
                total[row][column] += weight * power[row][column]
        left -= weight
        moves += 1
        weight *= span / moves
        power = tuple(tuple(sum(power[row][k] * follows[k][column] for k in size) for column in size) for row in size)
    return tuple(tuple(chance / sum(row) for chance in row) for row in total)
