"""The graph guard, a process of its own: messages in on stdin, answers out on stdout; it ends when its parent does.

Nothing but this process touches the graph, and nothing reaches the graph unchecked. Run by
`python -m coopwatch.inference.worker`; it imports NumPy and the engine, and on purpose neither OpenCV nor pydantic.
"""

import os
import signal
import sys
from contextlib import suppress
from typing import BinaryIO

import numpy as np

from coopwatch.errors import ModelError
from coopwatch.inference.engines.engine import Engine, build_engine
from coopwatch.inference.messages import Classified, Classify, Message, Ready, Refused, Unusable, packed, read
from coopwatch.inference.plan import Plan


def main() -> None:
    """Serve the process that holds the other ends of stdin and stdout."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # Ctrl-C and `systemctl stop` reach every process; the parent alone decides when the worker ends.
        signal.signal(number, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a native library prints must not fall between the answers
    with suppress(BrokenPipeError):  # the parent died before the answer: nobody is left to tell
        serve(sys.stdin.buffer, answers)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Build the graph of the first message, a plan; then answer every message, until the other side is gone."""
    plan = read(requests)
    if not isinstance(plan, Plan):
        return
    try:
        engine = build_engine(plan)
    except ModelError as error:
        _send(answers, Unusable(reason=str(error)))
        return
    # The first prediction is the slowest by far (TensorFlow folds 192 MB of constants for many seconds): it belongs to
    # the start, where there is time for it.
    first = answer_to(Classify(crop=np.zeros(plan.input_shape, dtype=np.uint8)), plan, engine)
    if isinstance(first, Refused):
        _send(answers, Unusable(reason=f"{plan.folder}: {first.reason}"))
        return
    _send(answers, Ready())
    while (request := read(requests)) is not None:
        _send(answers, answer_to(request, plan, engine))


def answer_to(request: Message, plan: Plan, engine: Engine) -> Message:
    """Guard the graph: only a crop that fits reaches it, only probabilities leave it."""
    if not isinstance(request, Classify):
        return Ready()
    crop = request.crop
    if crop.dtype != np.uint8 or crop.shape != plan.input_shape:
        received = f"{crop.dtype} {crop.shape}"
        return Refused(reason=f"received a crop of {received}, expected uint8 {plan.input_shape}")
    probabilities = engine.predict(crop)
    if not np.isfinite(probabilities).all():
        return Refused(reason="received numbers that are not finite from the model; train and export it again")
    return Classified(probabilities=probabilities)


def _send(answers: BinaryIO, message: Message) -> None:
    answers.write(packed(message))
    answers.flush()


if __name__ == "__main__":
    main()
