"""How long a text the Bot API takes: any text in, one that is short enough out."""

CAPTION_LIMIT = 1024  # UTF-16 units, as the Bot API counts
TEXT_LIMIT = 4096


def cut(text: str, limit: int) -> str:
    """The text within `limit` UTF-16 units, ending in "…" where something is missing."""
    if len(text.encode("utf-16-le")) // 2 <= limit:
        return text
    return text.encode("utf-16-le")[: (limit - 1) * 2].decode("utf-16-le", errors="ignore") + "…"
