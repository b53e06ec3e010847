"""The rules of the config file and the model's roles in; the core's rules out."""

from collections.abc import Mapping
from datetime import time, timedelta

from coopwatch.config.settings import RulesSettings, Settings
from coopwatch.core.rules import Rules
from coopwatch.core.welfare import WelfareRules
from coopwatch.values import EventKind, Role

NEVER = "never"


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
        crowd=timedelta(seconds=settings.crowd_seconds),
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
        broody_after=timedelta(hours=welfare.broody_after_hours) if welfare.broody_after_hours < 24 else None,
        missed_pauses=welfare.missed_pauses if welfare.missed_pauses < 100 else None,
        silent={label: [EventKind(kind) for kind in hen.silent] for label, hen in settings.hens.items()},
    )


def _daytime(text: str) -> time | None:
    return None if text == NEVER else time.fromisoformat(text)
