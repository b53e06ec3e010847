"""Turns a Keras model into files: LiteRT with 8-bit weights for the service, and Keras' own format."""

from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from coopwatch.errors import CoopwatchError
from coopwatch.workbench.quiet import quiet_natives


def export_litert(model: keras.Model) -> bytes:
    """The model for batches of one, its weights as 8-bit numbers, its ends float32.

    Raises:
        CoopwatchError: a layer that LiteRT does not know.
    """
    shape = (1, *model.input_shape[1:])
    function = tf.function(lambda batch: model(batch, training=False))
    concrete = function.get_concrete_function(tf.TensorSpec(shape, tf.float32))
    # Frozen first: from the plain function the converter drops a Sequential's weights without a word.
    converter = tf.lite.TFLiteConverter.from_concrete_functions([convert_variables_to_constants_v2(concrete)], model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    try:
        with quiet_natives():
            return bytes(converter.convert())
    except (ValueError, RuntimeError, tf.errors.OpError) as error:
        raise CoopwatchError(
            f"export of {model.name}: received {error}, expected layers that LiteRT knows; choose another network"
        ) from error


def keras_bytes(model: keras.Model) -> bytes:
    """The bytes of the model's `.keras` file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()
