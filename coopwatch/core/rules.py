"""The numbers that decide: how sure is sure, how fast things change; values in, nothing out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from coopwatch.values import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What `advance` needs to know beside memory and evidence."""

    roles: Mapping[str, Role]  # label -> role, from the model's card
    enter: float = 0.95  # a belief at least this sure makes a label the nest's state
    leave: float = 0.80  # a belief at least this sure that it is over ends a state
    dwell: timedelta = timedelta(minutes=10)  # mean time that a nest's label holds
    glitch: timedelta = timedelta(seconds=30)  # mean time that a classifier holds one wrong label
    glitch_share: float = 0.03  # share of time that the classifier is in a glitch
    away: timedelta = timedelta(minutes=5)  # a hen that is away, with nothing sure in her place for so long, has left
    hiding: timedelta = timedelta(minutes=4.5)  # a hen away for so long, from a nest empty or as before, has left
    crowd: timedelta = timedelta(minutes=2)  # a stranger between two hens for so long was both of them
    collecting: timedelta = timedelta(minutes=2)  # a stranger at eggs for so long does not just collect them
    doubt: float = 0.02  # share of frames whose probabilities mean nothing
    laying: timedelta = timedelta(minutes=20)  # a sitting of this length is as likely to end with an egg as not
    tell_egg: float = 0.5  # an egg less certain than this is not told
    lost_after: timedelta = timedelta(minutes=2)  # without a frame for so long, a camera is lost
    frozen_after: timedelta = timedelta(minutes=5)  # a picture that stays the very same for so long is frozen
    flaw_after: timedelta = timedelta(minutes=10)  # a picture dark, covered, blurred or moved for so long is told

    @property
    def rising(self) -> float:
        """A label believed more than what is left over when another one is sure is worth a thought."""
        return 1 - self.enter

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels in a fixed order."""
        return tuple(sorted(self.roles))

    @property
    def label_roles(self) -> tuple[Role, ...]:
        """The role of each of `labels`."""
        return tuple(self.roles[label] for label in self.labels)
