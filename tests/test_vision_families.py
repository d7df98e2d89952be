"""A vision family takes its own checkpoints and says what is wrong with others."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from edgemm.bundles.manifest import Source
from edgemm.errors import CheckpointError
from export.families.efficientnet import EfficientNetLite, SameConv, load_model
from export.families.nanodet import Level, _levels
from export.families.nanodet import export as export_nanodet
from export.families.tfjs import GraphModel
from export.sources import Checkpoint


@pytest.fixture(scope="module")
def state() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return EfficientNetLite().state_dict()


def save(folder: Path, state: dict[str, torch.Tensor]) -> Path:
    path = folder / "model.pth"
    torch.save(state, path)
    return path


def test_a_complete_checkpoint_is_loaded(tmp_path: Path, state: dict[str, torch.Tensor]) -> None:
    model = load_model(save(tmp_path, state))
    assert torch.equal(model.state_dict()["_fc.weight"], state["_fc.weight"])
    assert not model.training


def test_a_missing_tensor_is_named(tmp_path: Path, state: dict[str, torch.Tensor]) -> None:
    lacking = {name: value for name, value in state.items() if name != "_conv_head.weight"}
    with pytest.raises(CheckpointError, match=r"_conv_head.weight.*no such tensor"):
        load_model(save(tmp_path, lacking))


def test_a_tensor_of_another_size_is_named_with_both_shapes(tmp_path: Path, state: dict[str, torch.Tensor]) -> None:
    with pytest.raises(CheckpointError, match=r"_fc.bias \(1000,\).*\(10,\)"):
        load_model(save(tmp_path, {**state, "_fc.bias": torch.zeros(10)}))


def test_an_unknown_tensor_is_refused(tmp_path: Path, state: dict[str, torch.Tensor]) -> None:
    with pytest.raises(CheckpointError, match=r"_se_reduce\.weight"):
        load_model(save(tmp_path, {**state, "_blocks.1._se_reduce.weight": torch.zeros(1)}))


def test_another_family_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="not an EfficientNet-Lite0"):
        load_model(save(tmp_path, torch.nn.Linear(3, 4).state_dict()))


def test_same_padding_puts_the_odd_pixel_to_the_right_and_bottom() -> None:
    conv = SameConv(1, 1, kernel=3, stride=2)
    torch.nn.init.ones_(conv.weight)
    found = conv(torch.ones(1, 1, 4, 4)).detach().numpy()[0, 0]
    np.testing.assert_array_equal(found, [[9, 6], [6, 4]])


def test_a_graph_that_is_no_nanodet_is_refused(tmp_path: Path) -> None:
    dims = [{"size": size} for size in ("1", "3", "416", "416")]
    entry = {"x:0": {"name": "x:0", "tensorShape": {"dim": dims}}}
    graph = {
        "modelTopology": {"node": [{"name": "x", "op": "Placeholder"}]},
        "signature": {"inputs": entry, "outputs": entry},
        "weightsManifest": [],
    }
    (tmp_path / "nanodet.json").write_text(json.dumps(graph))
    source = Source(kind="folder", name="test", revision="", sha256="")
    with pytest.raises(CheckpointError, match="not a NanoDet"):
        export_nanodet(Checkpoint(tmp_path, source), tmp_path, {})


HEADS = {"s8": (1, 1600, 80), "b8": (1, 1600, 44), "s16": (1, 400, 80), "b16": (1, 400, 44)}


def test_a_detector_has_a_level_for_each_pair_of_heads_largest_map_first() -> None:
    size, levels = _levels(GraphModel((), {}, {"image": (1, 3, 320, 320)}, HEADS), 80)
    assert (size, levels) == (320, [Level(8, 1600, "s8", "b8"), Level(16, 400, "s16", "b16")])


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        ({"image": (1, 3, 320, 416)}, HEADS),
        ({"image": (1, 1, 320, 320)}, HEADS),
        ({"image": (2, 3, 320, 320)}, HEADS),
        ({"image": (3, 320, 320)}, HEADS),
        ({"image": (1, 3, 320, 320), "mask": (1, 3, 320, 320)}, HEADS),
        ({"image": (1, 3, 320, 320)}, {}),
        ({"image": (1, 3, 320, 320)}, {name: HEADS[name] for name in ("s8", "b16")}),
        ({"image": (1, 3, 320, 320)}, {**HEADS, "more": (1, 400, 5)}),
    ],
)
def test_a_detector_of_another_form_is_refused(
    inputs: dict[str, tuple[int, ...]], outputs: dict[str, tuple[int, ...]]
) -> None:
    with pytest.raises(CheckpointError, match="not a NanoDet of this form"):
        _levels(GraphModel((), {}, inputs, outputs), 80)
