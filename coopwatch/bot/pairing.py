"""Codes that let one chat in, once: made here, shown to a person, kept as a hash."""

import hashlib
import secrets
from datetime import datetime, timedelta

from coopwatch.subscriber import Invitation, SubscriberRole

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like something else
LENGTH = 8  # 31^8 are 8.5e11 codes; the door stops whoever guesses long before
VALID_FOR = timedelta(hours=24)


def make_invitation(role: SubscriberRole, now: datetime) -> tuple[str, Invitation]:
    """A new code and the invitation to keep; the code itself is kept nowhere."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return code, Invitation(code_hash=hash_code(code), role=role, made_at=now, expires_at=now + VALID_FOR)


def hash_code(code: str) -> str:
    """The hash of a code; how a person writes it (lower case, dashes, spaces) does not matter."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()


def pairing_link(bot_name: str, code: str) -> str:
    """An address that opens the chat with the bot, with a button that sends `/start CODE`."""
    return f"https://t.me/{bot_name}?start={code}"


def how_to_pair(code: str, bot_name: str | None) -> str:
    """What a person does with a code; without the bot's name (no network), without a link."""
    if bot_name is None:
        return f"send /start {code} to the bot"
    return f"open {pairing_link(bot_name, code)} or send /start {code} to @{bot_name}"
