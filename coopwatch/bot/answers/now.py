"""Answers about this moment: how nests, cameras and the service do, and what the cameras see."""

import asyncio
from collections.abc import Iterable

from coopwatch.bot.asking import Asked, Desk, Reply
from coopwatch.core.lesson import learning_text
from coopwatch.core.phrases import called, capital, day_called, listed, moment, nest_title, percent
from coopwatch.core.voice import Voice
from coopwatch.core.wording import service_text, status_text
from coopwatch.values import Role


async def status(desk: Desk, asked: Asked) -> Reply:
    """Every nest and camera, the service, and the newest picture."""
    now = desk.now()
    told = status_text(desk.coop.status(), asked.voice, now=now)
    service = service_text(desk.coop.service(), asked.voice, waiting=await desk.waiting())
    return Reply(text=f"{told}\n\n{service}", photo=await asyncio.to_thread(desk.coop.newest_photo, None))


async def photo(desk: Desk, asked: Asked) -> Reply:
    """The newest picture of a nest, or of the first camera."""
    seen = {nest.nest: camera.last_frame_at for camera in desk.coop.status() for nest in camera.nests}
    nest = nest_meant(asked.argument, seen, asked.voice)
    if asked.argument and nest is None:
        return no_such_nest(asked.argument, seen, asked.voice)
    jpeg = await asyncio.to_thread(desk.coop.newest_photo, nest)
    if jpeg is None:
        told = status_text(desk.coop.status(), asked.voice, now=desk.now())
        return Reply(text=f"{asked.voice.say('There is no picture yet.')}\n\n{told}")
    what = nest_title(nest, asked.voice) if nest else asked.voice.say("The coop")
    taken_at = seen.get(nest) if nest else next(iter(seen.values()), None)
    when = f", {moment(taken_at, asked.voice, seen_from=desk.now())}" if taken_at else ""
    return Reply(text=f"{what}{when}", photo=jpeg)


async def model(desk: Desk, asked: Asked) -> Reply:
    """Which model names the hens, and how good it was when it was made."""
    card, voice = desk.coop.model(), asked.voice
    hens = [label.name for label in card.labels if label.role is Role.HEN]
    made = card.created.astimezone(voice.zone)
    lines = [
        voice.say("The model {name} {version} names the hens.", name=card.name, version=card.version),
        voice.say("Made on {day} {year}.", day=day_called(made.date(), voice), year=made.year),
        voice.say("It knows: {hens}", hens=listed([called(hen, voice) for hen in hens], voice)),
    ]
    accuracy = card.metrics.get("accuracy")
    if isinstance(accuracy, float):
        right = percent(accuracy, voice)
        lines.append(voice.say("Of pictures that it had never seen, it named {share} right.", share=right))
    lines += [capital(learning_text(text, voice)) for text in desk.coop.learning()]
    return Reply(text="\n".join(lines))


def nest_meant(argument: str, nests: Iterable[str], voice: Voice) -> str | None:
    """The nest of this name, as in the config or in the reader's words; some of its words do if they fit it alone."""
    wanted = _words(argument)
    names = [(nest, _words(name)) for nest in nests for name in (nest, nest_title(nest, voice))]
    exactly = [nest for nest, words in names if words == wanted]
    partly = {nest for nest, words in names if wanted and wanted <= words}
    return exactly[0] if exactly else partly.pop() if len(partly) == 1 else None


def no_such_nest(argument: str, nests: Iterable[str], voice: Voice) -> Reply:
    """The nests that there are."""
    known = listed([nest_title(nest, voice) for nest in nests], voice) or voice.say("none")
    return Reply(text=voice.say("I know no nest “{nest}”. The nests are: {nests}.", nest=argument[:40], nests=known))


def _words(name: str) -> frozenset[str]:
    return frozenset(name.casefold().replace("_", " ").split())
