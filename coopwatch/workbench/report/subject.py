"""What a report is about: a model, what it said of pictures it never saw, and how it was trained, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from coopwatch.vision.card import ModelCard
from coopwatch.workbench.answer import Answer
from coopwatch.workbench.figures.evaluate import Evaluation
from coopwatch.workbench.figures.learning_curve import LearningPoint
from coopwatch.workbench.run_folder import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Everything that the page tells but the pictures themselves."""

    card: ModelCard
    evaluation: Evaluation
    tested_on: str  # where the pictures lie
    made_at: datetime
    run: Run | None = None  # None: how the model was trained is not on record
    layers: str = ""  # the table of layers
    learning: tuple[LearningPoint, ...] = ()  # empty where nobody asked for it
    is_unseen: bool = False  # whether it is known that the model learnt from none of these pictures
    notes: tuple[str, ...] = ()  # what a reader must know first

    @property
    def photos(self) -> Mapping[str, int]:
        """Label -> pictures that were learnt from; empty where the card does not tell.

        The head of a frozen backbone is fitted on the validation part too.
        """
        parts = self.card.data.get("labels", {})
        learnt = [parts.get("train", {})]
        if self.card.training.get("way") == "features":
            learnt.append(parts.get("validation", {}))
        names = sorted({name for part in learnt for name in part})
        return {name: sum(part.get(name, 0) for part in learnt) for name in names}

    @property
    def mistakes(self) -> tuple[Answer, ...]:
        """The wrong answers, the surest first."""
        wrong = [answer for answer in self.evaluation.answers if not answer.is_right]
        return tuple(sorted(wrong, key=lambda answer: (-answer.certainty, str(answer.file))))

    @property
    def commonest(self) -> tuple[str, int]:
        """(the label with the most test pictures, their number): who always says it is right so often."""
        counts = {name: label.support for name, label in self.evaluation.figures.labels.items()}
        return max(counts.items(), key=lambda item: item[1], default=("", 0))

    def taken_for(self, true: str, given: str) -> tuple[Answer, ...]:
        """The pictures of a label that were given another's name, the surest first; or rightly their own."""
        answers = [answer for answer in self.evaluation.answers if (answer.label, answer.given) == (true, given)]
        return tuple(sorted(answers, key=lambda answer: (-answer.certainty, str(answer.file))))
