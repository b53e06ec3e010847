"""Rules of the bot that need no server; the others are in acceptance/test_bot.py."""

from datetime import UTC
from pathlib import Path

import pytest
from fakes.coop import FakeCoop
from fakes.store import FakeStore
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.bot.limits import cut
from coopwatch.bot.telegram import TelegramBot
from coopwatch.clock import SystemClock
from coopwatch.errors import UserMustActError


@pytest.mark.parametrize("token", ["", "abcdef", "123", "123:", "123:abc\n", "123:abc def", "https://t.me/coop_bot"])
def test_a_token_of_another_form_is_refused_before_any_call_and_not_shown(token: str, tmp_path: Path) -> None:
    with pytest.raises(UserMustActError, match="BotFather") as told:
        TelegramBot(
            token=token,
            api_url="http://127.0.0.1:1",
            store=FakeStore(),
            coop=FakeCoop(),
            names={},
            zone=UTC,
            data_dir=tmp_path,
            clock=SystemClock(),
        )
    assert not token or token not in str(told.value)


@given(st.text(), st.integers(1, 30))
def test_a_text_is_cut_to_what_the_bot_api_counts(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short.encode("utf-16-le")) // 2 <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))
