"""A count of failures goes in; how long to wait before the next try comes out."""

import random

_FIRST_SECONDS = 1.0
_MOST_DOUBLINGS = 16


def pause_seconds(failures: int, *, longest: float = 30.0) -> float:
    """None after the first failure, then 1 s doubling to `longest`; shortened by up to a half, by chance.

    The chance keeps cameras that failed together, as when the power comes back, from trying together.
    """
    if failures < 2:
        return 0.0
    doublings = min(failures - 2, _MOST_DOUBLINGS)
    return min(longest, _FIRST_SECONDS * 2.0**doublings) * random.uniform(0.5, 1.0)  # noqa: S311 (not a secret)
