"""The settings as frozen, checked values; they do no work and open nothing."""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from coopwatch.values import Region

Fraction = Annotated[float, Field(ge=0, le=1)]
Share = Annotated[float, Field(gt=0, lt=1)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=40)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class NestSettings(_Section):
    """A nest: a named part of one camera's picture."""

    name: Name
    region: Region = Region(left=0, top=0, right=1, bottom=1)


class CameraSettings(_Section):
    """A source of frames and the nests in its picture."""

    name: Name
    source: Annotated[str, Field(min_length=1)]
    username: str | None = None
    password_file: Path | None = None
    password_env: str | None = None
    every_seconds: Seconds = 5.0
    nests: Annotated[tuple[NestSettings, ...], Field(min_length=1)]


class HenSettings(_Section):
    """How a hen is called in the chat."""

    name: Annotated[str, Field(min_length=1, max_length=60)]


class RulesSettings(_Section):
    """How sure is sure, and how fast things change."""

    enter: Share = 0.95
    leave: Share = 0.80
    dwell_seconds: Seconds = 600.0
    glitch_seconds: Seconds = 30.0
    glitch_share: Share = 0.03
    laying_seconds: Seconds = 1200.0
    tell_egg: Share = 0.5
    lost_after_seconds: Seconds = 120.0


class TelegramSettings(_Section):
    """The bot; its token comes from a file, a systemd credential or the environment."""

    token_file: Path | None = None
    token_env: str | None = None
    api_url: Annotated[str, Field(pattern=r"^https?://")] = "https://api.telegram.org"


class ChatSettings(_Section):
    """Where messages go."""

    telegram: TelegramSettings | None = None
    terminal: bool = False


def _timezone(value: object) -> object:
    return ZoneInfo(value) if isinstance(value, str) else value


class Settings(_Section):
    """The whole configuration; paths are absolute or relative to the config file's folder, resolved on loading."""

    timezone: Annotated[ZoneInfo, BeforeValidator(_timezone)]
    data_dir: Path
    model: Path
    engine: Literal["litert", "tensorflow"] = "litert"
    cameras: Annotated[tuple[CameraSettings, ...], Field(min_length=1)]
    hens: dict[Name, HenSettings] = {}
    rules: RulesSettings = RulesSettings()
    chat: ChatSettings = ChatSettings()
