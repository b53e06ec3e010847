"""A TCP proxy before a real server on loopback, which does to the connections what bad networks and cameras do."""

import asyncio
import contextlib
import random
import sys
from enum import Enum
from functools import partial
from typing import Self

from peers.passing import pass_on


class Chaos(Enum):
    """What happens to the server's bytes."""

    NONE = "they pass"
    SILENCE = "they vanish, and the connections stay open"
    DRIP = "one byte a second passes"
    GARBAGE = "a few in each thousand are wrong, those of the answers' heads excepted"


class ChaosProxy:
    """Listens on `port` of loopback while it is entered; `chaos` may be changed at any time."""

    def __init__(self, behind: int, chaos: Chaos = Chaos.NONE) -> None:
        self._behind = behind  # the port of the real server
        self._tasks: set[asyncio.Task[None]] = set()
        self._random = random.Random(4)
        self._silent_up_to = 0  # the number of a connection
        self.chaos = chaos
        self.connections = 0
        self.spoilt = 0  # so many bytes
        self.connected = asyncio.Event()  # there was a connection
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        tasks = [*self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def before(self, url: str) -> str:
        """The server's address, led through the proxy."""
        return url.replace(f":{self._behind}/", f":{self.port}/")

    def silence_open_connections(self) -> None:
        """The camera rebooted: what is connected now stays connected and hears nothing more."""
        self._silent_up_to = self.connections

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        self.connected.set()
        try:
            with contextlib.suppress(ConnectionError):
                await pass_on(reader, writer, self._behind, back=partial(self._copy_back, self.connections))
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _copy_back(self, number: int, server: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await server.read(65_536):
            if number <= self._silent_up_to or self.chaos is Chaos.SILENCE:
                continue
            if self.chaos is Chaos.DRIP:
                data = data[:1]  # the rest is lost: this one does not catch up
                await asyncio.sleep(1)
            elif self.chaos is Chaos.GARBAGE:
                data = self._spoil(data)
            writer.write(data)
            await writer.drain()

    def _spoil(self, data: bytes) -> bytes:
        """Wrong bytes within the packets of an RTSP stream; their lengths, and the answers' heads, stay right."""
        spoilt = bytearray(data)
        start = 0
        while start + 4 <= len(spoilt) and spoilt[start] == ord("$"):
            end = start + 4 + int.from_bytes(spoilt[start + 2 : start + 4], "big")
            for place in range(start + 20, min(end, len(spoilt)), 300):
                spoilt[place] = self._random.randrange(256)
                self.spoilt += 1
            start = end
        return bytes(spoilt)


async def main(behind: int, chaos: Chaos) -> None:
    """A proxy in a process of its own, which tells its port: a proof measures the cameras and not what breaks them."""
    async with ChaosProxy(behind, chaos) as proxy:
        print(proxy.port, flush=True)  # noqa: T201 (who started it reads it)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Chaos[sys.argv[2]]))
