"""Turns a Keras model into files: LiteRT with 8-bit or 32-bit weights for the service, and Keras' own format.

The converter is TensorFlow's. A model of another backend goes, as a `.keras` file, through a child process that has
TensorFlow; `python -m coopwatch.workbench.export.to_litert MODEL_KERAS MODEL_TFLITE 8|32` is that child.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
from ai_edge_quantizer import qtyping, quantizer, recipe

from coopwatch.errors import CoopwatchError
from coopwatch.vision.model_files import KERAS_FILE, MODEL_FILE
from coopwatch.workbench.quiet import quiet_natives


def export_litert(model: keras.Model, *, eight_bits: bool = True) -> bytes:
    """The model for batches of one, its weights as 8-bit numbers or as the 32-bit ones they are, its ends float32.

    Raises:
        CoopwatchError: a layer that LiteRT does not know.
    """
    if keras.backend.backend() != "tensorflow":
        return _exported_by_child(model, eight_bits=eight_bits)
    import tensorflow as tf  # noqa: PLC0415 (1 GB that training on another backend has no use for)
    from tensorflow.python.framework.convert_to_constants import (  # noqa: PLC0415
        convert_variables_to_constants_v2,
    )

    shape = (1, *model.input_shape[1:])
    function = tf.function(lambda batch: model(batch, training=False))
    concrete = function.get_concrete_function(tf.TensorSpec(shape, tf.float32))
    # Frozen first: from the plain function the converter drops a Sequential's weights without a word.
    converter = tf.lite.TFLiteConverter.from_concrete_functions([convert_variables_to_constants_v2(concrete)], model)
    try:
        with quiet_natives():
            exact = bytes(converter.convert())
            return _quantised(exact) if eight_bits else exact
    except (ValueError, RuntimeError, tf.errors.OpError) as error:
        raise CoopwatchError(
            f"export of {model.name}: received {error}, expected layers that LiteRT knows; choose another network"
        ) from error


def litert_forms(model: keras.Model) -> tuple[Callable[[], dict[str, bytes]], ...]:
    """Makers of the file that the service runs, the smallest first."""
    return (
        lambda: {MODEL_FILE: export_litert(model)},
        lambda: {MODEL_FILE: export_litert(model, eight_bits=False)},
    )


def _quantised(exact: bytes) -> bytes:
    """Weights as 8-bit numbers with a scale for each channel; no picture is needed to choose the scales.

    Depthwise convolutions keep float weights: they are a hundredth of all, and LiteRT has no fast kernel for them in
    8 bits. With them the converter's own quantising takes at least twice as long for a picture of EfficientNet-Lite0.
    """
    shrinking = quantizer.Quantizer(bytearray(exact))
    shrinking.load_quantization_recipe(recipe.dynamic_wi8_afp32())
    shrinking.update_quantization_recipe(".*", qtyping.TFLOperationName.DEPTHWISE_CONV_2D, algorithm_key="no_quantize")
    shrunk = shrinking.quantize(enable_progress_bar=False, enable_progress_report=False)
    return bytes(shrunk.quantized_model)


def keras_bytes(model: keras.Model) -> bytes:
    """The bytes of the model's `.keras` file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / KERAS_FILE
        model.save(path)
        return path.read_bytes()


def _exported_by_child(model: keras.Model, *, eight_bits: bool) -> bytes:
    with TemporaryDirectory() as folder:
        given, made = Path(folder) / KERAS_FILE, Path(folder) / MODEL_FILE
        model.save(given)
        child = subprocess.run(
            [sys.executable, "-m", "coopwatch.workbench.export.to_litert", given, made, "8" if eight_bits else "32"],
            env={**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"},
            capture_output=True,
            text=True,
            check=False,
        )
        if child.returncode or not made.is_file():
            said = child.stderr.strip().splitlines() or ["nothing"]
            raise CoopwatchError(
                f"export of {model.name}: received from TensorFlow: {said[-1]}, expected layers that LiteRT knows; "
                "choose another network"
            )
        return made.read_bytes()


def main() -> None:
    """Convert the file of the first argument to that of the second, with weights of so many bits."""
    given, made, bits = sys.argv[1:]
    model = keras.saving.load_model(given, compile=False)
    Path(made).write_bytes(export_litert(model, eight_bits=bits == "8"))


if __name__ == "__main__":
    main()
