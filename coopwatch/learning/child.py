"""Learns in a process of its own, at the lowest priority: an order on stdin, what came of it on stdout.

Run by `python -m coopwatch.learning.child`. The parent may kill it at any moment: nothing is ever half published.
"""

import os
import pickle
import signal
import sys
from contextlib import suppress

from coopwatch.errors import CoopwatchError
from coopwatch.learning.learn import learn
from coopwatch.learning.order import Order, Outcome


def main() -> None:
    """Serve the process that holds the other ends of stdin and stdout."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # Ctrl-C and `systemctl stop` reach every process; the parent alone decides when this one ends.
        signal.signal(number, signal.SIG_IGN)
    with suppress(PermissionError):  # a sandbox may forbid it; then it learns at the daemon's own priority
        os.nice(19)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a native library prints must not fall between the answers
    order = pickle.load(sys.stdin.buffer)  # noqa: S301 (the parent is this program; nobody else holds the pipe)
    with answers:
        pickle.dump(_answer(order), answers)


def _answer(order: Order) -> Outcome | CoopwatchError:
    try:
        return learn(order, lambda *_: None)
    except CoopwatchError as error:
        return error


if __name__ == "__main__":
    main()
