"""What the worker must know of a model, as a small value: a model folder in, a plan out."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

if TYPE_CHECKING:
    # Named for type checkers only: the card needs pydantic, and the worker, which unpickles a plan, does not.
    from coopwatch.vision.card import Member, ModelFolder

EngineName: TypeAlias = Literal["litert", "tensorflow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which graph to build, what it takes and how its output is calibrated."""

    engine: EngineName
    folder: Path
    files: frozenset[str]
    labels: int
    height: int
    width: int
    offset: float
    scale: float
    temperature: float
    prefix: str = ""  # of the names of the files on disk
    order: tuple[int, ...] = ()  # for each label, its place in the network's output; () means the same
    members: tuple["Plan", ...] = ()  # an ensemble: their answers' mean counts

    @classmethod
    def of(cls, folder: "ModelFolder", engine: EngineName) -> Self:
        """The plan for a checked model folder."""
        card = folder.card
        return cls(
            engine=engine,
            folder=folder.path.absolute(),
            files=frozenset(card.files),
            labels=len(card.labels),
            height=card.input.height,
            width=card.input.width,
            offset=card.input.offset,
            scale=card.input.scale,
            temperature=card.temperature,
            members=tuple(cls._of_member(folder, member, engine) for member in card.members),
        )

    @classmethod
    def _of_member(cls, folder: "ModelFolder", member: "Member", engine: EngineName) -> Self:
        names = (name for name in folder.card.files if name.startswith(member.prefix))
        return cls(
            engine=engine,
            folder=folder.path.absolute(),
            files=frozenset(name.removeprefix(member.prefix) for name in names),
            labels=len(folder.card.labels),
            height=member.input.height,
            width=member.input.width,
            offset=member.input.offset,
            scale=member.input.scale,
            temperature=member.temperature,
            prefix=member.prefix,
            order=member.order,
        )

    def path(self, name: str) -> Path:
        """Where one of the files lies."""
        return self.folder / f"{self.prefix}{name}"

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """The crop's (height, width, 3)."""
        return (self.height, self.width, 3)
