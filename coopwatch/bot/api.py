"""The line to the Bot API: the library's HTTP, made sure that it is the Bot API which answers."""

import json
import logging
import math
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

from telegram import Update
from telegram.error import RetryAfter, TelegramError
from telegram.request import HTTPXRequest, RequestData

from coopwatch.bot.numbers import Numbers
from coopwatch.bot.pace import Pace

log = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS = 10.0  # for a turn; what cannot be sent then is told so


class BotApiRequest(HTTPXRequest):
    """Takes answers in the form of the Bot API alone, and updates that the library can read alone.

    A portal of a hotel's network answers 200 with a page. An update that the library cannot read would come again and
    again, since the library then loses the whole answer with the number that would confirm it.

    Args:
        connections: open at the same time.
        answer_seconds: that an answer may take.
        pace: what keeps to the limits of the Bot API; every call that shows something in a chat goes through it.
        numbers: learns of every message.
    """

    def __init__(
        self,
        *,
        connections: int,
        answer_seconds: float = 20.0,
        pace: Pace | None = None,
        numbers: Numbers | None = None,
    ) -> None:
        self._pace = pace
        self._numbers = numbers
        super().__init__(
            connection_pool_size=connections,
            connect_timeout=5.0,
            pool_timeout=10.0,
            read_timeout=answer_seconds,
            write_timeout=20.0,
            media_write_timeout=60.0,  # a photo through a slow uplink; the library's 20 s cut off photos that arrive
        )

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **more: Any
    ) -> tuple[int, bytes]:
        """A call, at the pace that the Bot API allows; its status and answer."""
        chat_id = request_data.parameters.get("chat_id") if request_data else None
        is_shown = url.rpartition("/")[2].startswith("send")
        async with self._paced(chat_id) if is_shown and isinstance(chat_id, int) else nullcontext():
            status, payload = await super().do_request(url, method, request_data, *timeouts, **more)
        if self._numbers is not None:
            _note(payload, self._numbers)
        return status, payload

    def _paced(self, chat_id: int) -> AbstractAsyncContextManager[None]:
        """The chat's turn; whoever floods a group with questions does not keep the answers to others waiting.

        Raises:
            RetryAfter: the turn is too far away.
        """
        if self._pace is None:
            return nullcontext()
        wait = self._pace.wait(chat_id, spare=False)
        if wait > LONGEST_WAIT_SECONDS:
            raise RetryAfter(math.ceil(wait))
        return self._pace.call(chat_id)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as an object with `ok`.

        Raises:
            TelegramError: something else than the Bot API answered.
        """
        try:
            answer = json.loads(payload)
        except ValueError as error:
            raise TelegramError("the answer is not of the Bot API") from error
        if not isinstance(answer, dict) or "ok" not in answer or (answer["ok"] and "result" not in answer):
            raise TelegramError("the answer is not of the Bot API")
        if isinstance(answer.get("result"), list):
            answer["result"] = [_readable(item) for item in answer["result"]]
        return answer


def _note(payload: bytes, numbers: Numbers) -> None:
    """Learn the number of the message that an answer is about, if it is about one."""
    try:
        message = json.loads(payload)["result"]
        numbers.note(message["chat"]["id"], message["message_id"])
    except (ValueError, KeyError, TypeError):
        return  # some other answer; whether it is one at all is seen where it is read


def _readable(item: object) -> object:
    """An update as it came, or only its number if the library cannot read it."""
    if not isinstance(item, dict) or "update_id" not in item:
        return item
    try:
        Update.de_json(item, None)
    except Exception as error:  # noqa: BLE001 (the border to what strangers send: the library raises anything on it)
        log.warning("An update was passed over, the library cannot read it: %s", type(error).__name__)
        return {"update_id": item["update_id"]}
    return item
