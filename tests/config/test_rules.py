from datetime import timedelta

from coopwatch.config.rules import to_rules
from coopwatch.config.settings import RulesSettings
from coopwatch.core.rules import Rules
from coopwatch.values import Role


def test_the_defaults_of_the_file_are_those_of_the_core() -> None:
    roles = {"egg": Role.EGG}
    assert to_rules(RulesSettings(), roles) == Rules(roles=roles)


def test_every_number_of_the_file_reaches_the_core() -> None:
    settings = RulesSettings(
        enter=0.11,
        leave=0.12,
        dwell_seconds=13,
        glitch_seconds=14,
        glitch_share=0.15,
        laying_seconds=16,
        tell_egg=0.17,
        lost_after_seconds=18,
    )
    assert to_rules(settings, {}) == Rules(
        roles={},
        enter=0.11,
        leave=0.12,
        dwell=timedelta(seconds=13),
        glitch=timedelta(seconds=14),
        glitch_share=0.15,
        laying=timedelta(seconds=16),
        tell_egg=0.17,
        lost_after=timedelta(seconds=18),
    )
    assert set(RulesSettings.model_fields) == settings.model_fields_set  # no number is left out above
