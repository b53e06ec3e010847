"""The parts that coopwatch needs: settings in; findings about config, model and bot out."""

import math
from collections.abc import Iterator

import httpx
import numpy as np

from coopwatch.config.advice import advice
from coopwatch.config.secrets import telegram_token
from coopwatch.config.settings import Settings, TelegramSettings
from coopwatch.doctor.finding import Finding, Grade
from coopwatch.errors import ConfigError, InferenceError, ModelError
from coopwatch.inference.client import InferenceClient
from coopwatch.vision.card import load_model_folder

PATIENCE = 10.0  # seconds for the bot's server


def check_config(settings: Settings) -> Iterator[Finding]:
    """What a keeper may still want to change."""
    try:
        warnings = advice(settings)
    except ConfigError as error:
        yield Finding(check="config", grade=Grade.ILL, seen=str(error), remedy="see above")
        return
    for warning in warnings:
        yield Finding(check="config", grade=Grade.CARE, seen=warning, remedy="see docs/reference/configuration.md")
    if not warnings:
        yield Finding(check="config", grade=Grade.WELL, seen="sound")


async def check_model(settings: Settings) -> Finding:
    """Does this processor compute the model, twice the same?"""
    try:
        folder = load_model_folder(settings.model)
        async with InferenceClient(folder, engine=settings.engine) as classifier:
            crop = np.random.default_rng(0).integers(0, 255, (*_size(classifier), 3), np.uint8)
            first, second = await classifier.classify(crop), await classifier.classify(crop)
            each = classifier.seconds / classifier.classifications
    except (ModelError, InferenceError) as error:
        return Finding(check="model", grade=Grade.ILL, seen=str(error), remedy="export or train the model anew")
    if first != second or not all(math.isfinite(value) for value in first.values()):
        remedy = "try `engine: tensorflow`, and report this with `coopwatch support-bundle`"
        return Finding(check="model", grade=Grade.ILL, seen="two answers for one picture", remedy=remedy)
    name = f"{folder.card.name} {folder.card.version}"
    return Finding(check="model", grade=Grade.WELL, seen=f"{name}: {each * 1000:.0f} ms a picture, twice the same")


async def check_bot(telegram: TelegramSettings | None) -> Finding:
    """Does the bot's server know the token? Nothing of the token is told."""
    if telegram is None:
        return Finding(check="bot", grade=Grade.WELL, seen="none is asked for")
    try:
        token = telegram_token(telegram)
    except ConfigError as error:
        return Finding(check="bot", grade=Grade.ILL, seen=str(error), remedy="give it a token")
    if token is None:
        remedy = "systemd hands it over as the credential `token`; for others name token_file or token_env"
        return Finding(check="bot", grade=Grade.CARE, seen="no token is to be had here", remedy=remedy)
    try:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answer = await client.get(f"{telegram.api_url.rstrip('/')}/bot{token.get_secret_value()}/getMe")
            said = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        seen = f"{telegram.api_url} gives no answer ({type(error).__name__})"  # its text holds the token
        return Finding(check="bot", grade=Grade.CARE, seen=seen, remedy="check the network; messages wait meanwhile")
    if answer.status_code != httpx.codes.OK:
        remedy = "copy the token from @BotFather anew"
        return Finding(check="bot", grade=Grade.ILL, seen=f"the token is refused ({answer.status_code})", remedy=remedy)
    return Finding(check="bot", grade=Grade.WELL, seen=f"@{said['result'].get('username', '?')} is let in")


def _size(classifier: InferenceClient) -> tuple[int, int]:
    return classifier.card.input.height, classifier.card.input.width
