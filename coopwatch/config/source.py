"""What a camera's `source` is: a path made absolute, an address without its password."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:")
_SECRET_QUERY = re.compile(r"(?i)^(password|passwd|pass|pwd|loginpas|token|secret|auth|key)$")
_HOST = re.compile(r"[^\s<>{}|\\^`\"']+")  # what stands in pointed brackets was to be replaced
ADDRESSES = ("rtsp", "rtsps", "http", "https")
HIDDEN = "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressFault:
    """Why no camera can be reached at an address."""

    expected: str
    remedy: str


def address_fault(source: str) -> AddressFault | None:
    """What is wrong with an address as it is written; None for a sound one, for `simulated:`, and for a path."""
    match = _SCHEME.match(source)
    scheme = match[0][:-1].lower() if match else ""
    if scheme in ("", "simulated"):
        return None
    if scheme not in ADDRESSES:
        kinds = ", ".join(f"{known}://" for known in ADDRESSES)
        return AddressFault(
            expected=f"{kinds}, simulated:, or the path of a device, a video or a folder",
            remedy="write the address as the camera's manual has it; a file with a colon in its name begins with ./",
        )
    example = f"{scheme}://camera.local/..."
    try:
        parts = urlsplit(source)
        has_port = parts.port != 0  # raises unless it is a number up to 65535
    except ValueError:
        has_port = False
    if not has_port:
        return AddressFault(expected=f"a port from 1 to 65535 after the host, as in {scheme}://camera.local:554/...",
                            remedy="correct the port, or leave it out")  # fmt: skip
    if not source[len(scheme) :].startswith("://") or not _HOST.fullmatch(parts.hostname or ""):
        return AddressFault(expected=f"a host after {scheme}://, as in {example}", remedy="name the camera's host")
    if re.search(r"\s", source):
        return AddressFault(expected=f"an address without spaces, as in {example}", remedy="write %20 for a space")
    return None


def absolute_source(source: str, folder: Path) -> str:
    """A file or folder relative to the config file becomes absolute; an address stays as it is."""
    return source if _SCHEME.match(source) else str(folder / source)


def missing_path(source: str) -> Path | None:
    """The file or folder that a source names, where there is none; None for an address."""
    if _SCHEME.match(source):
        return None
    path = Path(source)
    try:
        return None if path.exists() else path
    except OSError:  # too long a name, or a folder that may not be looked into
        return path


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
