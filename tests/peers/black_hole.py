"""What swallows connections on loopback: one that never comes about, or one that is taken and never answered."""

import contextlib
import socket
from collections.abc import Iterator


@contextlib.contextmanager
def black_hole(*, connects: bool) -> Iterator[int]:
    """Gives its port. Unless it `connects`, its queue is full, so that the machine drops whoever knocks."""
    with contextlib.ExitStack() as stack:
        hole = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=9 if connects else 0))
        if not connects:
            stack.enter_context(socket.create_connection(hole.getsockname(), timeout=5))
        yield hole.getsockname()[1]
