"""Calibration: what a graph sees on a data set, by the task's own preprocessing.

A task that can be calibrated has the method

    calibration_inputs(example: Example) -> Iterator[tuple[str, dict[str, Array]]]

which yields graph role and inputs (by the graph's own tensor names) of every call while the task works on `example`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from edgemm.bundles.bundle import Bundle
from edgemm.bundles.tensors import Array
from edgemm.errors import ConfigError
from edgemm.tasks import open_task
from edgemm.tasks.examples import Example

if TYPE_CHECKING:
    from onnxruntime.quantization import CalibrationDataReader


@runtime_checkable
class Calibrated(Protocol):
    """A task that can say what its graphs see."""

    def calibration_inputs(self, example: Example) -> Iterator[tuple[str, dict[str, Array]]]:
        """Graph role and inputs of every call while the task works on `example`."""
        ...


def calibration_inputs(
    reference: Bundle, role: str, examples: Sequence[Example], count: int
) -> Iterator[dict[str, Array]]:
    """Inputs of a graph over `count` examples, spread evenly over the data set."""
    task = open_task(reference)
    if not isinstance(task, Calibrated):
        raise ConfigError(f"task {reference.manifest.task} cannot be calibrated", remedy="Use a dynamic form.")
    stride = max(1, len(examples) // count)
    for example in islice(examples, 0, stride * count, stride):
        yield from (inputs for called, inputs in task.calibration_inputs(example) if called == role)


def reader_of(inputs: Iterator[dict[str, Array]]) -> CalibrationDataReader:
    """ONNX Runtime's reader over an iterator."""
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def get_next(self) -> dict[str, Array] | None:
            return next(inputs, None)

    return Reader()
