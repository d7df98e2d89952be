"""TensorSpec: what a graph's input or output must look like, with named axes."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from edgemm.errors import BundleError

Array = npt.NDArray[Any]
DType = Literal[
    "float32", "float16", "float64", "int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8", "bool",
    "string",
]  # fmt: skip


class TensorSpec(BaseModel):
    """Name, element type and axes of one tensor. An axis is a size, or a name where the size varies."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    dtype: DType
    axes: tuple[int | str, ...]

    def check(self, array: Array, sizes: dict[str, int] | None = None) -> dict[str, int]:
        """Check dtype, rank and sizes of `array`; return the sizes bound to named axes.

        `sizes` holds names bound by other tensors of the same call: one name, one size.
        Raises BundleError naming the tensor, the expectation and what was found.
        """
        bound = dict(sizes or {})
        found = f"{array.dtype} {tuple(array.shape)}"
        expected = f"{self.dtype} ({', '.join(str(axis) for axis in self.axes)})"
        fits = array.dtype == np.dtype(self.dtype if self.dtype != "string" else "O")
        fits = fits and array.ndim == len(self.axes)
        if fits:
            for axis, size in zip(self.axes, array.shape, strict=True):
                wanted = axis if isinstance(axis, int) else bound.setdefault(axis, size)
                fits = fits and wanted == size
        if not fits:
            raise BundleError(f"tensor '{self.name}'", expected=expected, found=found)
        return bound
