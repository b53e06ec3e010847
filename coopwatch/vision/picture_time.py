"""When a picture was taken: from its file name, or else from its EXIF data."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from PIL import Image

from coopwatch.vision.picture import FORMATS

_NAMED = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<dash>[-_.]?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)"
    r"(?:[T_ -]|(?<=\d{8}))(?P<hour>\d\d)[-:_.h]?(?P<minute>\d\d)"
    r"(?:[-:_.]?(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,6}))?)?(?P<utc>Z)?(?!\d)"
)
_EXIF_PART, _ORIGINAL, _ORIGINAL_OFFSET, _CHANGED = 0x8769, 0x9003, 0x9011, 0x0132


def time_of_picture(path: Path, zone: tzinfo = UTC) -> datetime | None:
    """When the picture was taken, in UTC; None if neither its name nor its EXIF data tell.

    Names such as `2016-06-18_1000`, `20160618_100000`, `2026-05-01T05-00-10Z` are understood, with any text around
    them. A time without `Z` or offset is taken to be of `zone`.
    """
    return next(_times_in_name(path.stem, zone), None) or _exif_time(path, zone)


def _times_in_name(name: str, zone: tzinfo) -> Iterator[datetime]:
    for match in _NAMED.finditer(name):
        try:
            naive = datetime(*_numbers(match), tzinfo=None)  # noqa: DTZ001 (its zone comes next)
        except ValueError:
            continue  # looks like a time and is none, such as month 13
        yield naive.replace(tzinfo=UTC if match["utc"] else zone).astimezone(UTC)


def _numbers(match: re.Match[str]) -> tuple[int, int, int, int, int, int, int]:
    year, month, day, hour, minute = (int(match[part]) for part in ("year", "month", "day", "hour", "minute"))
    return year, month, day, hour, minute, int(match["second"] or 0), int((match["fraction"] or "").ljust(6, "0"))


def _exif_time(path: Path, zone: tzinfo) -> datetime | None:
    try:
        with Image.open(path, formats=FORMATS) as image:
            exif = image.getexif()
            details = exif.get_ifd(_EXIF_PART)
    except Exception:  # noqa: BLE001 (border: damaged files raise almost anything; whoever reads the picture reports it)
        return None
    text = details.get(_ORIGINAL) or exif.get(_CHANGED)
    return _parse_exif(str(text), str(details.get(_ORIGINAL_OFFSET) or ""), zone)


def _parse_exif(text: str, offset: str, zone: tzinfo) -> datetime | None:
    for value, pattern in ((text + offset, "%Y:%m:%d %H:%M:%S%z"), (text, "%Y:%m:%d %H:%M:%S")):
        try:
            taken = datetime.strptime(value, pattern)  # noqa: DTZ007 (its zone comes next)
        except ValueError:
            continue
        return (taken if taken.tzinfo else taken.replace(tzinfo=zone)).astimezone(UTC)
    return None
