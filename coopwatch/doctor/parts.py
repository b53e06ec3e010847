"""The parts that coopwatch needs: settings in; findings about config, model and bot out."""

from collections.abc import Iterator, Sequence

import httpx
from pydantic import SecretStr

from coopwatch.config.advice import advice
from coopwatch.config.secrets import is_token, telegram_token
from coopwatch.config.settings import Settings, TelegramSettings
from coopwatch.doctor.finding import Finding, Grade
from coopwatch.errors import ConfigError, InferenceError, ModelError
from coopwatch.inference.client import InferenceClient
from coopwatch.learning.place import model_of
from coopwatch.vision.card import ModelCard
from coopwatch.vision.probe import Answers, largest_difference, probe_pictures

PATIENCE = 10.0  # seconds for the bot's server
ALIKE = 0.05  # so far may a probability be from that of another processor, which rounds otherwise
_COPY = "copy the token from @BotFather anew, and nothing else"


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
    """Does this processor compute the model, and with the answers that it gave where it was made?"""
    try:
        folder = model_of(settings)
        async with InferenceClient(folder, engine=settings.engine) as classifier:
            pictures = probe_pictures(folder.card.input)
            answers = [[*(await classifier.classify(picture)).values()] for picture in (*pictures, pictures[0])]
            each = classifier.seconds / classifier.classifications
    except (ModelError, InferenceError) as error:
        return Finding(check="model", grade=Grade.ILL, seen=str(error), remedy="export or train the model anew")
    return judge_answers(folder.card, answers[:-1], answers[-1], each)


def judge_answers(card: ModelCard, answers: Answers, again: Sequence[float], each: float) -> Finding:
    """What the answers to the probe pictures, and to the first of them once more, say of this processor.

    Args:
        card: of the model.
        answers, again: of this machine.
        each: seconds that one took.
    """
    seen = f"{card.name} {card.version}: {each * 1000:.0f} ms a picture"
    report = "report it with `coopwatch support-bundle`"
    if [*answers[0]] != [*again]:
        return Finding(check="model", grade=Grade.ILL, seen=f"{seen}, two answers for one picture", remedy=report)
    if len(card.probe_answers) != len(answers):
        seen += "; whether this processor answers as others do is not known"
        remedy = "train or import it again: then its card says what it answers elsewhere"
        return Finding(check="model", grade=Grade.CARE, seen=seen, remedy=remedy)
    apart = largest_difference(answers, card.probe_answers)
    if apart > ALIKE:
        seen += f", but its answers are up to {apart:.2f} from those that it gave where it was made"
        remedy = f"copy the model anew, try another version of ai-edge-litert; else {report}"
        return Finding(check="model", grade=Grade.ILL, seen=seen, remedy=remedy)
    return Finding(check="model", grade=Grade.WELL, seen=f"{seen}, answers as where it was made (to {apart:.3f})")


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
    if not is_token(token.get_secret_value()):
        return Finding(check="bot", grade=Grade.ILL, seen="the token has not the form of one", remedy=_COPY)
    return await _ask_bot(telegram.api_url, token)


async def _ask_bot(api_url: str, token: SecretStr) -> Finding:
    try:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answer = await client.get(f"{api_url.rstrip('/')}/bot{token.get_secret_value()}/getMe")
        if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND):
            seen = f"the token is refused ({answer.status_code})"
            return Finding(check="bot", grade=Grade.ILL, seen=seen, remedy=_COPY)
        username = answer.raise_for_status().json()["result"]["username"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        seen = f"{api_url} gives no answer ({type(error).__name__})"  # its text holds the token
        return Finding(check="bot", grade=Grade.CARE, seen=seen, remedy="check the network; messages wait meanwhile")
    return Finding(check="bot", grade=Grade.WELL, seen=f"@{username} is let in")
