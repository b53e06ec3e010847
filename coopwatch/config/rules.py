"""The rules of the config file and the model's roles in; the core's rules out."""

from collections.abc import Mapping
from datetime import timedelta

from coopwatch.config.settings import RulesSettings
from coopwatch.core.rules import Rules
from coopwatch.values import Role


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
