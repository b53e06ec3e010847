"""The sending half of the daemon in a process of its own, which a proof may kill at any moment.

python bot_child.py DATA_DIR API_URL TOKEN ANSWER_SECONDS FIRST_PAUSE_SECONDS
"""

import asyncio
import sys
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from coopwatch.bot import outbox, retry, telegram
from coopwatch.bot.api import BotApiRequest
from coopwatch.clock import SystemClock
from coopwatch.store.database import Database


async def main(data_dir: Path, api_url: str, token: str, answer_seconds: float) -> None:
    telegram.BotApiRequest = partial(BotApiRequest, answer_seconds=answer_seconds)
    async with Database(data_dir) as store:
        bot = telegram.TelegramBot(
            token=token,
            api_url=api_url,
            store=store,
            coop=SimpleNamespace(now=lambda: None),  # nobody asks it anything but the time
            names={},
            zone=UTC,
            data_dir=data_dir,
            clock=SystemClock(),
        )
        async with bot:
            print("at work", flush=True)  # noqa: T201 (the proof waits for it)
            await outbox.Outbox(store, {"telegram": bot}, SystemClock(), zone=lambda: UTC).run()


if __name__ == "__main__":
    outbox.POLL = timedelta(seconds=0.2)  # events are saved by another process here
    retry.FIRST_PAUSE = timedelta(seconds=float(sys.argv[5]))
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])))
