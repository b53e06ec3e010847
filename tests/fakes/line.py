"""The line to the Bot API without a server behind it: a real bot's calls in, each kept, an answer out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from telegram import Bot
from telegram.request import RequestData

from coopwatch.bot.api import BotApiRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One call of the bot."""

    method: str
    fields: Mapping[str, Any]

    @property
    def text(self) -> str:
        """What people read; "" for a call that shows no text."""
        told: str = self.fields.get("text") or self.fields.get("caption") or ""
        return told


class FakeLine(BotApiRequest):
    """Takes every call; a test reads them in `said`."""

    def __init__(self) -> None:
        super().__init__(connections=1)
        self.said: list[Said] = []
        self.refusals: dict[str, str] = {}  # method -> why it is refused

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **more: Any
    ) -> tuple[int, bytes]:
        name, fields = url.rpartition("/")[2], request_data.parameters if request_data else {}
        self.said.append(Said(method=name, fields=fields))
        if name in self.refusals:
            return 400, json.dumps({"ok": False, "error_code": 400, "description": self.refusals[name]}).encode()
        is_shown = name.startswith(("sendMessage", "sendPhoto", "sendVideo", "edit"))
        chat = {"id": int(str(fields.get("chat_id", 1))), "type": "private"}
        result = {"message_id": len(self.said), "date": 1, "chat": chat} if is_shown else True
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def take(self) -> list[Said]:
        """What was said since the last time."""
        said, self.said = self.said, []
        return said

    def bot(self) -> Bot:
        """A real bot at this line."""
        return Bot("123:abc", request=self, get_updates_request=self)
