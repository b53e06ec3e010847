"""The engine of the machine that trains: `model.keras` frozen into one TensorFlow function of a fixed input shape."""

from typing import Any

import numpy as np
import numpy.typing as npt

from coopwatch.errors import ModelError
from coopwatch.inference.engines.engine import require_shape
from coopwatch.inference.plan import Plan
from coopwatch.values import Pixels
from coopwatch.vision.calibration import calibrate
from coopwatch.vision.model_files import KERAS_FILE
from coopwatch.vision.scale import scale_pixels

try:
    import keras
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
except ImportError as missing:
    raise ModelError(
        f"engine: received tensorflow, but {missing.name} is not installed; "
        "expected the extra: pip install 'coopwatch[train]', or set `engine: litert`"
    ) from missing


class TensorFlowEngine:
    """A frozen graph: no variables, no retracing, one intra-op thread."""

    def __init__(self, plan: Plan) -> None:
        if KERAS_FILE not in plan.files:
            raise ModelError(
                f"{plan.folder}: received engine tensorflow but no {KERAS_FILE} in card.json, expected one; "
                "set `engine: litert`, or export the model with it"
            )
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        self._plan = plan
        self._graph = _frozen(plan)

    def predict(self, crop: Pixels) -> npt.NDArray[np.float32]:
        """Calibrated probabilities, float32 (labels,), of a uint8 crop of the plan's input shape."""
        numbers = scale_pixels(crop, offset=self._plan.offset, scale=self._plan.scale)
        (output,) = self._graph(tf.constant(numbers[np.newaxis]))
        return calibrate(output.numpy()[0], self._plan.temperature).astype(np.float32)


def _frozen(plan: Plan) -> Any:  # TensorFlow ships no types
    """The model as a concrete function whose weights are constants."""
    path = plan.path(KERAS_FILE)
    try:
        model = keras.saving.load_model(path, compile=False)
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"{path}: received {error}, expected a Keras model; export the model again") from error
    require_shape(plan, f"input of {KERAS_FILE}", model.input_shape[1:], plan.input_shape)
    require_shape(plan, f"output of {KERAS_FILE}", model.output_shape[1:], (plan.labels,))

    @tf.function  # type: ignore[untyped-decorator]  # TensorFlow ships no types
    def infer(batch: Any) -> Any:
        return model(batch, training=False)

    signature = tf.TensorSpec((1, *plan.input_shape), tf.float32)
    return convert_variables_to_constants_v2(infer.get_concrete_function(signature))
