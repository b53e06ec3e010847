from dataclasses import fields
from datetime import time, timedelta

import pytest

from coopwatch.config.rules import to_rules, to_welfare
from coopwatch.config.settings import RulesSettings, Settings
from coopwatch.core.rules import Rules
from coopwatch.core.welfare import Care
from coopwatch.values import Role

UNITS = ("_seconds", "_share")


def key_of(field: str) -> str:
    """The key of the config file that sets a field of the core's rules."""
    return next((field + unit for unit in UNITS if field + unit in RulesSettings.model_fields), field)


def test_every_rule_of_the_core_has_a_key_and_every_key_a_rule() -> None:
    rules = {field.name for field in fields(Rules)} - {"roles"}  # the model's card gives the roles
    assert {key_of(rule) for rule in rules} == set(RulesSettings.model_fields)


def test_the_defaults_of_the_file_are_those_of_the_core() -> None:
    roles = {"egg": Role.EGG}
    assert to_rules(RulesSettings(), roles) == Rules(roles=roles)


def test_every_number_of_the_file_reaches_the_core() -> None:
    numbers = {key: 0.01 * (place + 1) for place, key in enumerate(RulesSettings.model_fields)}
    rules = to_rules(RulesSettings(**numbers), {})
    for field in fields(Rules):
        if field.name != "roles":
            number = numbers[key_of(field.name)]
            expected = timedelta(seconds=number) if key_of(field.name).endswith("_seconds") else number
            assert getattr(rules, field.name) == expected


def test_welfare_is_told_as_the_file_says() -> None:
    welfare = to_welfare(settings_with(welfare={"digest_at": "never", "nobody_by": "11:30", "broody_after_hours": 24}))
    assert (welfare.digest_at, welfare.nobody_by, welfare.care.broody_after) == (None, time(11, 30), None)


@pytest.mark.parametrize(
    ("hers", "care"),
    [
        ({}, Care(broody_after=timedelta(hours=5))),
        ({"silent": ["broody"]}, Care(broody_after=None)),
        ({"silent": ["no_egg"]}, Care(broody_after=timedelta(hours=5), missed_pauses=None)),
        ({"broody_after_hours": 9}, Care(broody_after=timedelta(hours=9))),
        ({"missed_pauses": 4}, Care(broody_after=timedelta(hours=5), missed_pauses=4)),
        ({"broody_after_hours": 24}, Care(broody_after=None)),
    ],
)
def test_a_hen_has_a_care_of_her_own(hers: dict[str, object], care: Care) -> None:
    settings = settings_with(welfare={"broody_after_hours": 5}, hens={"psycho": {"name": "Psycho", **hers}})
    assert to_welfare(settings).hens == {"psycho": care}


def settings_with(**sections: object) -> Settings:
    camera = {"name": "cam", "source": "simulated:", "nests": [{"name": "left"}]}
    return Settings.model_validate(
        {"timezone": "Europe/Berlin", "data_dir": "data", "model": "model", "cameras": [camera], **sections}
    )
