"""What every proxy on loopback does: it joins a client with the real server."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeAlias

Copy: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]


async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Pass all bytes on, until there are no more."""
    while data := await source.read(65_536):
        target.write(data)
        await target.drain()


async def pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, *, first: bytes = b"", back: Copy = copy
) -> None:
    """Pass bytes between a client and the server at `port`, until one of them hangs up.

    Args:
        first: what the client sent already.
        back: copies the server's answers.

    Raises:
        ConnectionError, ssl.SSLError: how it ended, where that was no goodbye.
    """
    server, to_server = await asyncio.open_connection("127.0.0.1", port)
    to_server.write(first)
    ways = [
        asyncio.create_task(copy(reader, to_server), name="there"),
        asyncio.create_task(back(server, writer), name="back"),
    ]
    try:
        ended, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ended:
            way.result()
    except asyncio.CancelledError:
        for one in (to_server, writer):
            one.transport.abort()  # a peer that is frozen never takes what it should get before a goodbye
        raise
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        to_server.close()
