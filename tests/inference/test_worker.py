import io
import subprocess
import sys
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from coopwatch.inference.messages import Classified, Classify, Message, Ping, Ready, Refused, Unusable, packed, read
from coopwatch.inference.plan import Plan
from coopwatch.inference.worker import answer_to, serve
from coopwatch.values import Pixels
from coopwatch.vision.card import ModelFolder


class ScriptedEngine:
    """Answers every crop with the same numbers, and counts the crops that reached it."""

    def __init__(self, *probabilities: float) -> None:
        self.reached = 0
        self._probabilities = np.array(probabilities, dtype=np.float32)

    def predict(self, crop: Pixels) -> npt.NDArray[np.float32]:
        self.reached += 1
        return self._probabilities


@pytest.fixture
def plan(tiny_model: ModelFolder) -> Plan:
    return Plan.of(tiny_model, "litert")


def conversation(*requests: Message) -> list[Message]:
    answers = io.BytesIO()
    serve(io.BytesIO(b"".join(packed(request) for request in requests)), answers)
    answers.seek(0)
    return list(iter(lambda: read(answers), None))


def test_a_worker_is_ready_answers_each_request_and_ends_with_its_parent(plan: Plan) -> None:
    crop = np.zeros(plan.input_shape, dtype=np.uint8)
    ready, pong, classified = conversation(plan, Ping(), Classify(crop=crop))
    assert (ready, pong) == (Ready(), Ready())
    assert isinstance(classified, Classified)
    assert classified.probabilities.shape == (plan.labels,)


def test_a_worker_that_hears_no_plan_ends() -> None:
    assert conversation() == conversation(Ping()) == []


def test_a_model_that_cannot_be_used_is_told_with_the_reason_and_the_worker_ends(plan: Plan) -> None:
    (answer,) = conversation(replace(plan, labels=4), Ping())
    assert isinstance(answer, Unusable)
    assert "received shape (1, 3), expected (1, 4)" in answer.reason


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [((24, 32, 3), np.float32), ((32, 24, 3), np.uint8), ((24, 32), np.uint8), ((1, 24, 32, 3), np.uint8)],
)
def test_what_does_not_fit_never_reaches_the_graph(plan: Plan, shape: tuple[int, ...], dtype: type) -> None:
    engine = ScriptedEngine(1, 0, 0)
    answer = answer_to(Classify(crop=np.zeros(shape, dtype=dtype)), plan, engine)
    assert isinstance(answer, Refused)
    assert str(shape) in answer.reason
    assert "expected uint8 (24, 32, 3)" in answer.reason
    assert engine.reached == 0


def test_numbers_that_are_no_probabilities_are_refused(plan: Plan) -> None:
    answer = answer_to(Classify(crop=np.zeros(plan.input_shape, dtype=np.uint8)), plan, ScriptedEngine(np.nan, 1, 0))
    assert isinstance(answer, Refused)
    assert "not finite" in answer.reason


def test_the_worker_imports_nothing_heavy() -> None:
    """OpenCV and pydantic cost it 32 MB and twice the time to start; TensorFlow 500 MB."""
    heavy = "{'cv2', 'pydantic', 'PIL', 'tensorflow', 'keras', 'sqlalchemy', 'telegram'}"
    code = (
        f"import sys, coopwatch.inference.worker, coopwatch.inference.engines.litert; print({heavy} & {{*sys.modules}})"
    )
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "set()\n"
