"""The daemon's engine: a `model.tflite`, or a `backbone.tflite` with a softmax head in `head.npz`, run by LiteRT."""

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from coopwatch.errors import ModelError
from coopwatch.inference.engines.engine import require_shape
from coopwatch.inference.plan import Plan
from coopwatch.values import Pixels
from coopwatch.vision.calibration import calibrate, softmax
from coopwatch.vision.head import Head, read_head
from coopwatch.vision.model_files import BACKBONE_FILE, HEAD_FILE, MODEL_FILE
from coopwatch.vision.scale import scale_pixels

Floats = npt.NDArray[np.float32]


class LiteRTEngine:
    """One interpreter on one thread, its tensors allocated once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._head: Head | None = None
        if MODEL_FILE in plan.files:
            self._graph = _Graph(plan, MODEL_FILE)
            require_shape(plan, f"output of {MODEL_FILE}", self._graph.output_shape, (1, plan.labels))
        elif {BACKBONE_FILE, HEAD_FILE} <= plan.files:
            self._graph = _Graph(plan, BACKBONE_FILE)
            self._head = read_head(plan.path(HEAD_FILE))
            features = self._graph.output_shape[-1]
            require_shape(plan, f"weights of {HEAD_FILE}", self._head.weights.shape, (features, plan.labels))
        else:
            raise ModelError(
                f"{plan.folder}: received the files {sorted(plan.files)}, "
                f"expected {MODEL_FILE}, or {BACKBONE_FILE} and {HEAD_FILE}; export the model again"
            )

    def predict(self, crop: Pixels) -> Floats:
        """Calibrated probabilities, float32 (labels,), of a uint8 crop of the plan's input shape."""
        output = self._graph.run(crop)
        if self._head is None:
            return calibrate(output, self._plan.temperature).astype(np.float32)
        return softmax(self._head.logits(output), self._plan.temperature).astype(np.float32)


class Backbone:
    """The part of a model below its head."""

    def __init__(self, plan: Plan) -> None:
        self._graph = _Graph(plan, BACKBONE_FILE)

    def features(self, crop: Pixels) -> Floats:
        """What the head gets, float32 (features,), of a uint8 crop of the plan's input shape."""
        return self._graph.run(crop)


class _Graph:
    """A LiteRT file with one input and one output, both float32 and of fixed shape."""

    def __init__(self, plan: Plan, name: str) -> None:
        path = plan.path(name)
        self._plan = plan
        try:
            self._interpreter = Interpreter(model_path=str(path), num_threads=1)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{path}: received {error}, expected a LiteRT model; export the model again") from error
        given, taken = self._interpreter.get_input_details()[0], self._interpreter.get_output_details()[0]
        types = (np.dtype(given["dtype"]).name, np.dtype(taken["dtype"]).name)
        if types != ("float32", "float32"):
            raise ModelError(f"{path}: received {types} as input and output, expected float32; export the model again")
        self.output_shape = tuple(int(size) for size in taken["shape"])
        require_shape(plan, f"input of {name}", [int(size) for size in given["shape"]], (1, *plan.input_shape))
        self._input, self._output = given["index"], taken["index"]

    def run(self, crop: Pixels) -> Floats:
        """A uint8 crop in, a copy of the output out."""
        numbers = scale_pixels(crop, offset=self._plan.offset, scale=self._plan.scale)
        self._interpreter.set_tensor(self._input, numbers[np.newaxis])
        self._interpreter.invoke()
        output: Floats = self._interpreter.get_tensor(self._output)[0]
        return output
