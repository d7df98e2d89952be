"""A form follows its target: what the host cannot multiply or run is not in the graph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from pydantic import TypeAdapter

from edgemm.bundles.tensors import Array
from edgemm.errors import ConfigError
from export.forms.forms import convert
from export.settings.recipe_config import FormStep
from export.settings.target_config import Qdq, Target

STEP: TypeAdapter[FormStep] = TypeAdapter(FormStep)
INNER, OUTER = 32, 16


def target(*, reduce_range: bool = True, fused: bool = True) -> Target:
    return Target(name="here", fused=fused, qdq=Qdq(activations="uint8", weights="int8", reduce_range=reduce_range))


@pytest.fixture
def linear(tmp_path: Path) -> Path:
    weight = np.random.default_rng(5).standard_normal((INNER, OUTER)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"], name="product")],
        "linear",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [4, INNER])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [4, OUTER])],
        [numpy_helper.from_array(weight, "w")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), tmp_path / "in.onnx")
    return tmp_path / "in.onnx"


def examples(role: str, count: int) -> Iterator[dict[str, Array]]:
    random = np.random.default_rng(6)
    for _ in range(count):
        yield {"x": random.standard_normal((4, INNER)).astype(np.float32)}


def largest_integer_weight(path: Path) -> int:
    weights = [tensor for tensor in onnx.load(path).graph.initializer if tensor.dims == [INNER, OUTER]]
    values = [numpy_helper.to_array(tensor) for tensor in weights if tensor.data_type == TensorProto.INT8]
    return max(int(np.abs(value.astype(np.int32)).max()) for value in values)


@pytest.mark.parametrize("method", ["float32_to_int8_dynamic", "float32_to_int8_qdq"])
@pytest.mark.parametrize(("reduce_range", "largest"), [(True, 64), (False, 127)])
def test_weights_have_seven_bits_where_the_target_says_so(
    linear: Path, tmp_path: Path, method: str, reduce_range: bool, largest: int
) -> None:
    """Pairs of products of uint8 and int8 are added in 16 bits where VNNI is missing: 2 x 255 x 64 fits, x 127 not."""
    step = STEP.validate_python({"method": method})
    convert("encoder", linear, tmp_path / "out.onnx", (step,), target(reduce_range=reduce_range), examples)
    assert largest_integer_weight(tmp_path / "out.onnx") == largest


@pytest.mark.parametrize("wanted", [True, False])
def test_a_recipe_may_choose_the_range_of_a_static_form_itself(linear: Path, tmp_path: Path, wanted: bool) -> None:
    step = STEP.validate_python({"method": "float32_to_int8_qdq", "reduce_range": wanted})
    convert("encoder", linear, tmp_path / "out.onnx", (step,), target(reduce_range=not wanted), examples)
    assert largest_integer_weight(tmp_path / "out.onnx") == (64 if wanted else 127)


def test_a_target_that_cannot_run_fused_operators_is_not_given_any(linear: Path, tmp_path: Path) -> None:
    step = STEP.validate_python({"method": "float32_to_fused"})
    with pytest.raises(ConfigError, match="cannot run fused operators"):
        convert("encoder", linear, tmp_path / "out.onnx", (step,), target(fused=False), examples)
    assert not (tmp_path / "out.onnx").exists()
