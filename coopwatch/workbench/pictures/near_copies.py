"""Looks at pictures in; pairs of pictures that are nearly the same out."""

from collections.abc import Iterator, Sequence

import numpy as np

from coopwatch.workbench.pictures.looks import Look

# Of 256 bits. Measured on the real nest box: a picture saved anew (half the size, quality 60, brighter) differs in 4 to
# 10; taken half an hour later in 4 to 114, the median 22; on another day in 24 or more; of another label in 16 or more.
_MOST_BITS = 14
_BLOCK = 2048  # rows compared at once: bounds the memory


def near_copies(some: Sequence[Look], others: Sequence[Look]) -> Iterator[tuple[Look, Look]]:
    """Each of `some` with the one of `others` that is most like it, where the two are near copies."""
    if not (some and others):
        return
    there = _signs(others)
    for first in range(0, len(some), _BLOCK):
        part = some[first : first + _BLOCK]
        alike = _signs(part) @ there.T  # equal bits less unequal ones
        best = alike.argmax(axis=1)
        differing = (there.shape[1] - alike.max(axis=1)) / 2
        for look, place, bits in zip(part, best, differing, strict=True):
            if bits <= _MOST_BITS:
                yield look, others[place]


def _signs(looks: Sequence[Look]) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    return np.where(np.stack([look.bits for look in looks]), 1, -1).astype(np.float32)
