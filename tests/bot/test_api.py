"""Rules of the line to the Bot API."""

import json
from datetime import timedelta

import pytest
from telegram.error import RetryAfter, TelegramError
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from coopwatch.bot.api import BotApiRequest
from coopwatch.bot.numbers import Numbers
from coopwatch.bot.pace import Limits, Pace


@pytest.mark.parametrize(
    "payload", [b"", b"<html>Please log in</html>", b"\xff\xfe", b"[]", b"7", b"{}", b'{"ok": true}', b'{"status": 1}']
)
def test_what_is_no_answer_of_the_bot_api_is_refused(payload: bytes) -> None:
    with pytest.raises(TelegramError, match="not of the Bot API"):
        BotApiRequest.parse_json_payload(payload)


@pytest.mark.parametrize(
    "answer", [{"ok": True, "result": True}, {"ok": False, "error_code": 403}, {"ok": True, "result": []}]
)
def test_an_answer_of_the_bot_api_comes_through_as_it_is(answer: dict[str, object]) -> None:
    assert BotApiRequest.parse_json_payload(json.dumps(answer).encode()) == answer


def test_of_an_update_that_cannot_be_read_the_number_stays_so_that_it_does_not_come_again() -> None:
    readable = {"update_id": 8, "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}}}
    answer = {"ok": True, "result": [{"update_id": 7, "message": {"odd": 1}}, readable]}
    assert BotApiRequest.parse_json_payload(json.dumps(answer).encode())["result"] == [{"update_id": 7}, readable]


async def test_a_turn_that_is_far_away_is_refused_and_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # as the running bot sets it
    pace, numbers = Pace(Limits(group_each_minute=1, answers_each_minute=0), time=lambda: 1000.0), Numbers()
    async with pace.call(-7):
        pass
    async with BotApiRequest(connections=1, pace=pace, numbers=numbers) as request:
        data = RequestData([RequestParameter("chat_id", -7, [])])
        with pytest.raises(RetryAfter) as told:
            await request.do_request("http://127.0.0.1:1/bot1:a/sendMessage", "POST", data)
    assert told.value.retry_after == timedelta(seconds=60)
