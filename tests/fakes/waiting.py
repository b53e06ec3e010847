"""Waits until something is so; a test's only clock is its deadline."""

import asyncio
from collections.abc import Callable


async def until(is_so: Callable[[], object], *, within: float = 20) -> None:
    """Look again and again; TimeoutError where it never is."""
    async with asyncio.timeout(within):
        while True:
            if is_so():
                return
            await asyncio.sleep(0.001)
