"""A fit in a process of its own: an order in, what came of it out; the daemon's loop is never held up."""

import asyncio
import pickle
import sys
from asyncio.subprocess import PIPE
from datetime import timedelta

from coopwatch.errors import CoopwatchError
from coopwatch.inference.process import child_environment
from coopwatch.learning.order import Order, Outcome

WITHIN = timedelta(minutes=10)  # a thousand photos on a slow machine take two


async def learn_apart(order: Order) -> Outcome:
    """Do `learn.learn` in a child; it is killed when whoever waits for it gives up.

    Raises:
        CoopwatchError: as `learn` does, or the child died.
    """
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "coopwatch.learning.child"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env=child_environment(),
    )
    try:
        async with asyncio.timeout(WITHIN.total_seconds()):
            answer, murmur = await child.communicate(pickle.dumps(order))
    except TimeoutError as error:
        raise CoopwatchError(f"no answer within {WITHIN.total_seconds():g} s") from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        last = murmur.decode(errors="replace").strip().rpartition("\n")[2]
        raise CoopwatchError(f"the process that learns ended with code {child.returncode}: {last or 'no word'}")
    outcome = pickle.loads(answer)  # noqa: S301 (the child is this program; nobody else holds the pipe)
    if isinstance(outcome, CoopwatchError):
        raise outcome
    assert isinstance(outcome, Outcome)
    return outcome
