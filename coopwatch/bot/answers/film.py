"""The answer that moves: the last hours of a nest, or of the first camera, as a short film."""

from datetime import timedelta

from coopwatch.bot.answers.now import nest_meant, no_such_nest
from coopwatch.bot.asking import Asked, Desk, Reply
from coopwatch.bot.timelapse import make_film
from coopwatch.core.phrases import nest_title
from coopwatch.errors import PictureError

USUAL_HOURS, MOST_HOURS = 6, 24


async def timelapse(desk: Desk, asked: Asked) -> Reply:
    """Pictures of the last hours, one every two minutes, in about ten seconds."""
    voice = asked.voice
    words, hours = _hours(asked.argument)
    nests = {nest.nest: None for camera in desk.coop.status() for nest in camera.nests}
    nest = nest_meant(words, nests, voice)
    if words and nest is None:
        return no_such_nest(words, nests, voice)
    scenes = desk.coop.scenes(nest, timedelta(hours=hours))
    try:
        film = await make_film(scenes)
    except PictureError:
        return Reply(text=voice.say("There are no pictures of these hours yet."))
    what = nest_title(nest, voice) if nest else voice.say("The coop")
    number = voice.count("the last hour", "the last {number} hours", hours)
    return Reply(text=f"{what}, {number}", film=film)


def _hours(argument: str) -> tuple[str, int]:
    """What is written beside the hours, and the hours: "left 12", "12 left", "12h"."""
    words, hours = [], USUAL_HOURS
    for word in argument.split():
        number = word.lower().removesuffix("h")
        if number.isascii() and number.isdigit() and len(number) < 4:
            hours = int(number)
        else:
            words.append(word)
    return " ".join(words), max(1, min(hours, MOST_HOURS))
