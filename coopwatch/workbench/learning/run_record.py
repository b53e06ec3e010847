"""What a training was and came to, in; the record that is kept of it, out."""

from pydantic_core import to_jsonable_python

from coopwatch.vision.card import ModelCard
from coopwatch.workbench.answer import Answer
from coopwatch.workbench.environment import describe_environment
from coopwatch.workbench.learning.train_settings import TrainSettings
from coopwatch.workbench.learning.way import Trained
from coopwatch.workbench.networks.network import count_trainable
from coopwatch.workbench.pictures.dataset import Dataset
from coopwatch.workbench.pictures.split import Split
from coopwatch.workbench.run_folder import Run, Step


def record_run(
    card: ModelCard,
    settings: TrainSettings,
    dataset: Dataset,
    trained: Trained,
    steps: tuple[Step, ...],
    answers: tuple[Answer, ...],
    split: Split,
) -> Run:
    """The record of the model that `card` describes."""
    fitted = trained.fitted
    return Run(
        model=card.name,
        version=card.version,
        network=card.network,
        way=str(settings.way),
        weights=str(settings.weights),
        began=card.created,
        sources=tuple(map(str, dataset.sources)),
        settings={**to_jsonable_python(settings), **trained.facts},
        seed=settings.seed,
        data=card.data,
        environment=describe_environment(),
        steps=steps,
        curves=fitted.curves if fitted else {},
        epochs=fitted.epochs if fitted else 0,
        best_epoch=fitted.best_epoch if fitted else 0,
        stopped=fitted.stopped if fitted else "",
        parameters=trained.model.count_params(),
        trainable=count_trainable(trained.model),
        answers=answers,
        learnt=tuple(sorted(picture.sha256 for picture in (*split.train, *split.validation))),
    )
