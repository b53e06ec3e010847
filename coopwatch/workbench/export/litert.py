"""Runs a LiteRT graph on single pictures, for features and for checks of an export."""

from typing import Any

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from coopwatch.workbench.quiet import quiet_natives


class LiteRTGraph:
    """A graph of one input and one output, both float32 with a batch of one."""

    def __init__(self, model: bytes, *, threads: int = 2) -> None:
        with quiet_natives():
            self._interpreter: Any = Interpreter(model_content=model, num_threads=threads)
            self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]

    def run(self, numbers: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """(height, width, 3) -> the output without its batch axis, a copy."""
        self._interpreter.set_tensor(self._input, numbers[np.newaxis])
        self._interpreter.invoke()
        return np.asarray(self._interpreter.get_tensor(self._output)[0], dtype=np.float32)
