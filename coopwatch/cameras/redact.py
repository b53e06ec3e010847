"""Text that may hold a camera's address goes in; the same text without user names, passwords and queries comes out."""

import re

_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s'\"<>]+", re.IGNORECASE)


def redact(text: str) -> str:
    """The text with every address in it redacted; for error texts of libraries, which repeat the whole address."""
    return _URL.sub(lambda found: redact_url(found.group()), text)


def redact_url(url: str) -> str:
    """The address without user name, password and query: snapshot addresses often carry the password there."""
    scheme, is_url, rest = url.partition("://")
    if not is_url:
        return url  # the path of a device
    before, at, after = rest.rpartition("@")
    if at and ("?" in before or "#" in before):
        return f"{scheme}://..."  # whether the @ ends a password or stands in a query cannot be told
    return f"{scheme}://{re.split('[?#]', after)[0]}"
