"""Who a bot is: its token in, the name that people know it by out."""

import os

from telegram import Bot
from telegram.error import TelegramError

from coopwatch.bot.api import BotApiRequest
from coopwatch.bot.meaning import is_token_refused, token_refused
from coopwatch.bot.redaction import token_kept_out_of_logs

ANSWER_SECONDS = 5.0


async def bot_name(token: str, api_url: str) -> str | None:
    """The bot's name without the @; None where the Bot API cannot be reached.

    Raises:
        UserMustActError: the token is refused.
    """
    os.environ.setdefault("PTB_TIMEDELTA", "true")  # else the library warns of its own future
    with token_kept_out_of_logs(token):
        return await _ask_name(token, api_url)


async def _ask_name(token: str, api_url: str) -> str | None:
    async with BotApiRequest(connections=1, answer_seconds=ANSWER_SECONDS) as request:
        try:
            me = await Bot(token, f"{api_url.rstrip('/')}/bot", request=request).get_me()
        except TelegramError as error:
            if is_token_refused(error):
                raise token_refused() from None  # the library's own error may quote the token
            return None
        return me.username
