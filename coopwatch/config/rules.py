"""The rules of the config file and the model's roles in; the core's rules out."""

from collections.abc import Mapping
from datetime import time, timedelta

from coopwatch.config.settings import HenSettings, RulesSettings, Settings, WelfareSettings
from coopwatch.core.rules import Rules
from coopwatch.core.welfare import Care, WelfareRules
from coopwatch.values import EventKind, Role

NEVER = "never"
OFF_HOURS, OFF_PAUSES = 24.0, 100.0  # as good as never


def to_rules(settings: RulesSettings, roles: Mapping[str, Role]) -> Rules:
    """Seconds become spans of time; the model's card gives the roles."""
    return Rules(
        roles=roles,
        enter=settings.enter,
        leave=settings.leave,
        dwell=timedelta(seconds=settings.dwell_seconds),
        glitch=timedelta(seconds=settings.glitch_seconds),
        glitch_share=settings.glitch_share,
        doubt=settings.doubt_share,
        away=timedelta(seconds=settings.away_seconds),
        hiding=timedelta(seconds=settings.hiding_seconds),
        crowd=timedelta(seconds=settings.crowd_seconds),
        collecting=timedelta(seconds=settings.collecting_seconds),
        laying=timedelta(seconds=settings.laying_seconds),
        tell_egg=settings.tell_egg,
        lost_after=timedelta(seconds=settings.lost_after_seconds),
        frozen_after=timedelta(seconds=settings.frozen_after_seconds),
        flaw_after=timedelta(seconds=settings.flaw_after_seconds),
    )


def to_welfare(settings: Settings) -> WelfareRules:
    """What is told of the hens' days, in the coop's own time."""
    welfare = settings.welfare
    return WelfareRules(
        zone=settings.timezone,
        digest_at=_daytime(welfare.digest_at),
        nobody_by=_daytime(welfare.nobody_by),
        care=_care(welfare.broody_after_hours, welfare.missed_pauses),
        hens={label: _care_of(hen, welfare) for label, hen in settings.hens.items()},
    )


def _care_of(hen: HenSettings, coop: WelfareSettings) -> Care:
    """What the file says of her; of what it does not say, what it says of all."""
    hours = coop.broody_after_hours if hen.broody_after_hours is None else hen.broody_after_hours
    pauses = coop.missed_pauses if hen.missed_pauses is None else hen.missed_pauses
    return _care(
        OFF_HOURS if EventKind.BROODY in hen.silent else hours, OFF_PAUSES if EventKind.NO_EGG in hen.silent else pauses
    )


def _care(hours: float, pauses: float) -> Care:
    return Care(
        broody_after=timedelta(hours=hours) if hours < OFF_HOURS else None,
        missed_pauses=pauses if pauses < OFF_PAUSES else None,
    )


def _daytime(text: str) -> time | None:
    return None if text == NEVER else time.fromisoformat(text)
