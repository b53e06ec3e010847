"""The settings as frozen, checked values; they do no work and open nothing."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, GetPydanticSchema, ValidationInfo
from pydantic_core import PydanticCustomError, core_schema

from coopwatch.config.source import absolute_source
from coopwatch.values import Region


@dataclass(frozen=True, slots=True)
class Expected:
    """What a value must be, in the words of an error message and of the reference."""

    text: str


def _local_path(path: Path, info: ValidationInfo) -> Path:
    if path.parts[:1] == ("~",):
        raise PydanticCustomError("home", "a service has no home folder")
    return path if info.context is None else Path(os.path.normpath(info.context["folder"] / path))


def _source(source: str, info: ValidationInfo) -> str:
    _local_path(Path(source), info)
    return source if info.context is None else absolute_source(source, info.context["folder"])


def _timezone(value: object) -> object:
    if isinstance(value, ZoneInfo):
        return value
    try:
        if isinstance(value, str) and value != "localtime":  # the machine's own zone is what this key replaces
            return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # unknown; not a name at all; the name of a folder of zones
        pass
    raise PydanticCustomError("timezone", "no such timezone")


_Number = Field(strict=True, allow_inf_nan=False)
Fraction = Annotated[float, _Number, Field(ge=0, le=1), Expected("a number from 0 to 1")]
Share = Annotated[float, _Number, Field(gt=0, lt=1), Expected("a number between 0 and 1")]
Seconds = Annotated[float, _Number, Field(gt=0, le=86_400), Expected("a number of seconds above 0, at most 86400")]
Pause = Annotated[float, _Number, Field(ge=0, le=86_400), Expected("a number of seconds from 0 to 86400")]
_HOURS_OF_A_DAY = Expected("a number of hours, at most 24")
BroodyHours = Annotated[float, _Number, Field(gt=0, le=24), _HOURS_OF_A_DAY]
_PAUSES = Expected("a number from 1 to 100")
Pauses = Annotated[float, _Number, Field(ge=1, le=100), _PAUSES]
Days = Annotated[int, Field(strict=True, ge=1, le=36_500), Expected("a whole number of days, 1 to 36500")]
Gigabytes = Annotated[float, _Number, Field(gt=0, le=1e6), Expected("a number of gigabytes above 0")]
Flag = Annotated[bool, Field(strict=True), Expected("true or false")]
Name = Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=40), Expected("a name of a-z, 0-9 and _, at most 40")]
LabelName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$", max_length=64), Expected("a label of the model")]
LocalPath = Annotated[Path, AfterValidator(_local_path), Expected("a path, absolute or relative to this file's folder")]
SecretFile = Annotated[LocalPath | None, Expected("a file that holds the secret and nothing else")]
Variable = Annotated[
    Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None,
    Expected("the name of an environment variable, of A-Z, 0-9 and _"),
]


Daytime = Annotated[
    str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^never$"), Expected('a time such as "20:00", in quotes, or "never"')
]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, use_attribute_docstrings=True)


class RegionSettings(_Section):
    """The form of a region in the file; settings hold it as a `Region`."""

    model_config = ConfigDict(from_attributes=True)  # a `Region` is taken too

    left: Fraction
    """The left edge, as a fraction of the picture's width."""
    top: Fraction
    """The upper edge, as a fraction of the picture's height; 0 is the top."""
    right: Fraction
    """The right edge; greater than `left`."""
    bottom: Fraction
    """The lower edge; greater than `top`."""

    def value(self) -> Region:
        """The region as the rest of coopwatch knows it."""
        return Region(left=self.left, top=self.top, right=self.right, bottom=self.bottom)


def _region_schema(_: Any, handler: Any) -> core_schema.CoreSchema:
    # The section names each wrong edge by its own key, which a plain dataclass cannot.
    return core_schema.no_info_after_validator_function(RegionSettings.value, handler(RegionSettings))


class NestSettings(_Section):
    """A nest: a named part of one camera's picture."""

    name: Name
    """How the nest is called in messages and in the database; no two nests share a name, on any camera."""
    region: Annotated[Region, GetPydanticSchema(_region_schema), Expected("left, top, right, bottom")] = Region(
        left=0, top=0, right=1, bottom=1
    )
    """The part of the picture that shows the nest; without it, the whole picture."""


class CameraSettings(_Section):
    """A source of frames and the nests in its picture."""

    name: Name
    """How the camera is called in messages and in the database."""
    source: Annotated[
        str, Field(min_length=1), AfterValidator(_source), Expected("an address, a device, a file or a folder")
    ]
    """What gives the frames: an address (`rtsp://`, `http://`, ...), a device, a file, a folder, or `simulated:`.
    A video or a picture of a folder tells its time in its name, such as 2026-05-01_0800.mp4, or in its own data."""
    username: Annotated[str | None, Expected("the camera's user name")] = None
    """The user that the camera asks for."""
    password_file: SecretFile = None
    """A file that holds the camera's password."""
    password_env: Variable = None
    """An environment variable that holds the camera's password."""
    every_seconds: Seconds = 5.0
    """How often a frame is taken."""
    at_most_every_seconds: Pause = 0.0
    """A nest is classified no more often than this, however much stirs in it."""
    at_least_every_seconds: Seconds = 60.0
    """A nest in which nothing stirs is classified no less often than this; more often only what changed."""
    watched: Flag = False
    """The source is a folder that another program drops pictures into; the newest one is a frame."""
    nests: Annotated[tuple[NestSettings, ...], Field(min_length=1), Expected("a list with at least one nest")]
    """The nests in the picture."""


class HenSettings(_Section):
    """How a hen is called in the chat, and when she is told of."""

    name: Annotated[str, Field(min_length=1, max_length=60), Expected("the hen's name, at most 60 characters")]
    """The name that people read."""
    silent: Annotated[tuple[Literal["broody", "no_egg"], ...], Expected("a list of broody, no_egg")] = ()
    """What is not told of her."""
    broody_after_hours: Annotated[BroodyHours | None, _HOURS_OF_A_DAY] = None
    """As under `welfare`, for her alone; without it, the coop's."""
    missed_pauses: Annotated[Pauses | None, _PAUSES] = None
    """As under `welfare`, for her alone; without it, the coop's."""


class RulesSettings(_Section):
    """How sure is sure, and how fast things change."""

    enter: Share = 0.95
    """A belief at least this sure makes a label the nest's state."""
    leave: Share = 0.80
    """A belief at least this sure that it is over ends a state."""
    dwell_seconds: Seconds = 600.0
    """Mean time that what is in a nest stays the same."""
    glitch_seconds: Seconds = 30.0
    """Mean time that the classifier holds on to one wrong name."""
    glitch_share: Share = 0.03
    """Share of the time that the classifier holds on to a wrong name."""
    doubt_share: Share = 0.02
    """Share of the frames whose probabilities mean nothing."""
    away_seconds: Seconds = 300.0
    """A hen that is away, with nothing sure in her place for so long, has left."""
    hiding_seconds: Seconds = 270.0
    """A hen that is away for so long, from a nest empty or as before she came, has left; one back sooner hid in it."""
    crowd_seconds: Seconds = 120.0
    """A stranger between two hens for so long was both of them."""
    collecting_seconds: Seconds = 120.0
    """A stranger at eggs for so long is told at once; one who has gone sooner, and the eggs too, collected them."""
    laying_seconds: Seconds = 1200.0
    """A sitting of this length is as likely to end with an egg as not."""
    tell_egg: Share = 0.5
    """An egg less certain than this is not told."""
    lost_after_seconds: Seconds = 120.0
    """Without a frame for so long, a camera is lost."""
    frozen_after_seconds: Seconds = 300.0
    """A picture that stays the very same for so long is frozen."""
    flaw_after_seconds: Seconds = 600.0
    """A picture that is dark, covered, blurred or moved for so long is told."""


class WelfareSettings(_Section):
    """What is told of the hens' days, and when."""

    digest_at: Daytime = "20:00"
    """When the day is told in short; "never" switches it off."""
    nobody_by: Daytime = "12:00"
    """Told when no hen was on any nest of the coop until then; "never" switches it off."""
    broody_after_hours: BroodyHours = 6.0
    """A hen that sat for so many hours of a day is told as perhaps broody; 24 switches it off."""
    missed_pauses: Pauses = 2.5
    """A hen without an egg for so many of her usual pauses between eggs is told; 100 switches it off."""


class TelegramSettings(_Section):
    """The bot; its token comes from a file, the environment or a systemd credential."""

    token_file: SecretFile = None
    """A file that holds the bot's token, as @BotFather gave it."""
    token_env: Variable = None
    """An environment variable that holds the bot's token."""
    api_url: Annotated[
        str, Field(pattern=r"^https?://[^\s/]"), Expected("an address that begins with http:// or https://")
    ] = "https://api.telegram.org"
    """The Bot API server; change it only for a server of your own."""


class ChatSettings(_Section):
    """Where messages go; at least one way is needed."""

    telegram: Annotated[TelegramSettings | None, Expected("the keys of the bot")] = None
    """Messages go to a Telegram bot."""
    terminal: Flag = False
    """Messages are printed where coopwatch runs."""


class KeepSettings(_Section):
    """What stays on the disk, and for how long."""

    photo_days: Days = 730
    """Photos of events older than this are deleted; the events themselves are kept for ever."""
    photos_gb: Gigabytes = 10.0
    """Photos may take so much; beyond it, the oldest go first."""
    reserve_gb: Gigabytes = 1.0
    """So much of the disk stays free: below it the film of the day goes first, then the oldest photos."""


class MonitorSettings(_Section):
    """A page for programs that look after servers: `/health` and `/metrics` (Prometheus)."""

    port: Annotated[int, Field(strict=True, ge=1, le=65_535), Expected("a number of a port, 1 to 65535")]
    """The port; nobody asks for a password there."""
    host: Annotated[str, Field(min_length=1), Expected("an address of this machine")] = "127.0.0.1"
    """Who may ask: this machine alone, unless another address of it is given."""


class Settings(_Section):
    """The whole configuration; paths are absolute or relative to the config file's folder, resolved on loading."""

    timezone: Annotated[
        ZoneInfo, BeforeValidator(_timezone), Expected("an IANA timezone such as Europe/Berlin or America/New_York")
    ]
    """Where the coop stands; days and quiet hours follow it."""
    data_dir: LocalPath
    """The folder of the database and the photos; on a local disk, for this one coop only."""
    model: Annotated[LocalPath, Expected("a model folder")]
    """The model that names the hens: a model folder, of which the active version is used."""
    engine: Annotated[Literal["litert", "tensorflow"], Expected("litert or tensorflow")] = "litert"
    """What computes the model; `tensorflow` needs the extra `train`."""
    learn: Flag = True
    """What people say in the chat teaches the model; without it, the model is used as it was trained."""
    cameras: Annotated[tuple[CameraSettings, ...], Field(min_length=1), Expected("a list with at least one camera")]
    """The cameras."""
    hens: Annotated[dict[LabelName, HenSettings], Expected("a mapping of the model's labels")] = {}
    """What the hens are called; a hen without an entry goes by her label."""
    rules: Annotated[RulesSettings, Expected("the keys of the rules")] = RulesSettings()
    """How sure is sure, and how fast things change; the defaults suit most coops."""
    welfare: Annotated[WelfareSettings, Expected("the keys of welfare")] = WelfareSettings()
    """What is told of the hens' days, and when."""
    heartbeat_url: Annotated[
        str | None,
        Field(pattern=r"^https?://[^\s/]"),
        Expected("an address that begins with http:// or https://"),
    ] = None
    """Asked every minute while all is well; a service that waits for it tells you when it stops."""
    chat: Annotated[ChatSettings, Expected("the keys of the chat")] = ChatSettings()
    """Where messages go."""
    keep: Annotated[KeepSettings, Expected("the keys of what is kept")] = KeepSettings()
    """What stays on the disk, and for how long."""
    monitor: Annotated[MonitorSettings | None, Expected("the keys of the page")] = None
    """A page for programs that look after servers; without it, no port is opened."""
