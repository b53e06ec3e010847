"""What a camera's `source` is: a path made absolute, an address without its password."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:")
_SECRET_QUERY = re.compile(r"(?i)^(password|passwd|pass|pwd|loginpas|token|secret|auth|key)$")
HIDDEN = "***"


def absolute_source(source: str, folder: Path) -> str:
    """A file or folder relative to the config file becomes absolute; an address stays as it is."""
    return source if _SCHEME.match(source) else str(folder / source)


def local_path(source: str) -> Path | None:
    """The file or folder that a source names; None for an address."""
    return None if _SCHEME.match(source) else Path(source)


def has_password(source: str) -> bool:
    """Whether an address carries `user:password@`, also where an unquoted `/`, `?` or `#` cuts the password."""
    return _user_part(source) is not None


def query_secrets(source: str) -> tuple[str, ...]:
    """The names of the keys in an address' query that look like passwords."""
    try:
        query = urlsplit(source).query
    except ValueError:
        return ()
    return tuple(key for key, value in parse_qsl(query) if value and _SECRET_QUERY.match(key))


def without_secrets(source: str) -> str:
    """The address, fit to be shown: `user:password@` and passwords of the query are hidden."""
    if (user_part := _user_part(source)) is not None:
        source = source.replace(user_part, f"{HIDDEN}@", 1)
    return re.sub(
        r"(?i)([?&](?:password|passwd|pass|pwd|loginpas|token|secret|auth|key)=)[^&#]*", rf"\1{HIDDEN}", source
    )


def _user_part(source: str) -> str | None:
    """`user:password@` of an address, or None."""
    match = re.match(r"^[A-Za-z][A-Za-z0-9+.-]*://(.*)$", source, re.DOTALL)
    if match is None or "@" not in match[1]:
        return None
    host = re.split(r"[/?#]", match[1], maxsplit=1)[0]
    if "@" in host:
        user_part = host[: host.rindex("@") + 1]
    elif ":" in host and not host.startswith("[") and not re.fullmatch(r"\d+", host.rsplit(":", 1)[1]):
        user_part = match[1][: match[1].rindex("@") + 1]  # the "port" is no number: it begins a password
    else:
        return None
    return user_part if ":" in user_part else None
