"""The nine hens: what tells one from the other, as a table; and the labels that the simulator uses."""

from collections.abc import Mapping
from dataclasses import dataclass

from coopwatch.values import Role

Colour = tuple[float, float, float]
"""Red, green, blue, each 0..1."""

WHITE: Colour = (0.93, 0.91, 0.86)
BLACK: Colour = (0.10, 0.10, 0.13)
CHESTNUT: Colour = (0.56, 0.20, 0.10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A patch of another colour on the saddle, as seen from above."""

    colour: Colour
    length: float  # half of it, in lengths of the hen's half body
    width: float
    points: int = 0  # rays of a star; 0: an oval


@dataclass(frozen=True, slots=True, kw_only=True)
class Plumage:
    """One hen's looks; lengths are relative to an ordinary hen."""

    name: str
    body: Colour
    neck: Colour
    tail: Colour
    spot: Spot | None = None
    crest: Colour | None = None  # a pompon of feathers on the head
    lacing: float = 0.0  # how dark each feather's edge is, 0..1
    bars: float = 0.0  # how strong the stripes across are, 0..1
    mud: float = 0.0  # how much of the belly is dirty, 0..1
    streaks: float = 0.0  # how strong the dark streaks of the neck are, 0..1
    comb: float = 1.0
    size: float = 1.0
    slimness: float = 1.0  # above 1: longer and thinner
    egg: Colour = (0.80, 0.58, 0.42)


HENS: Mapping[str, Plumage] = {
    hen.name: hen
    for hen in (
        Plumage(
            name="back_spot",
            body=WHITE,
            neck=WHITE,
            tail=BLACK,
            spot=Spot(colour=BLACK, length=0.58, width=0.42),
            egg=(0.93, 0.89, 0.82),
        ),
        Plumage(
            name="beauty",
            body=(0.90, 0.62, 0.22),
            neck=(0.95, 0.72, 0.30),
            tail=(0.10, 0.16, 0.14),
            lacing=0.75,
            comb=1.35,
            size=1.06,
            egg=(0.86, 0.68, 0.50),
        ),
        Plumage(
            name="dirty",
            body=(0.76, 0.72, 0.64),
            neck=(0.80, 0.77, 0.70),
            tail=(0.70, 0.66, 0.58),
            mud=1.0,
            comb=0.8,
            egg=(0.90, 0.80, 0.68),
        ),
        Plumage(
            name="light_back",
            body=(0.28, 0.17, 0.11),
            neck=(0.22, 0.13, 0.09),
            tail=(0.20, 0.12, 0.09),
            spot=Spot(colour=(0.88, 0.78, 0.58), length=0.98, width=0.62),
            egg=(0.74, 0.50, 0.34),
        ),
        Plumage(
            name="ordinary",
            body=(0.62, 0.44, 0.29),
            neck=(0.64, 0.45, 0.29),
            tail=(0.58, 0.41, 0.28),
            lacing=0.15,
        ),
        Plumage(
            name="psycho",
            body=BLACK,
            neck=BLACK,
            tail=BLACK,
            crest=(0.95, 0.94, 0.91),
            comb=0.0,
            size=0.95,
            egg=(0.95, 0.93, 0.88),
        ),
        Plumage(
            name="red_star",
            body=CHESTNUT,
            neck=CHESTNUT,
            tail=CHESTNUT,
            spot=Spot(colour=WHITE, length=0.50, width=0.46, points=5),
            comb=1.15,
            egg=(0.70, 0.44, 0.30),
        ),
        Plumage(
            name="red_twin",
            body=CHESTNUT,
            neck=(0.60, 0.24, 0.11),
            tail=BLACK,
            streaks=0.9,
            comb=1.15,
            egg=(0.70, 0.44, 0.30),
        ),
        Plumage(
            name="young_long",
            body=(0.60, 0.61, 0.63),
            neck=(0.66, 0.67, 0.69),
            tail=(0.56, 0.57, 0.59),
            bars=0.85,
            comb=0.45,
            size=0.88,
            slimness=1.22,
            egg=(0.84, 0.66, 0.50),
        ),
    )
}

EGG = "egg"
EMPTY = "empty"
OTHER = "other"

ROLES: Mapping[str, Role] = {
    **dict.fromkeys(HENS, Role.HEN),
    EGG: Role.EGG,
    EMPTY: Role.EMPTY,
    OTHER: Role.OTHER,
}
"""Every label of the simulator with its role, in the order of a model's outputs."""
