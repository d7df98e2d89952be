"""Fused operators of ONNX Runtime for the CPU: attention, layer norms, GELU. TensorRT refuses such graphs."""

from __future__ import annotations

from pathlib import Path

from edgemm.errors import GateError
from export.workshop.onnx_files import load_graph, operator_counts, save_graph

_FUSED = (
    "Attention", "MultiHeadAttention", "GroupQueryAttention", "LayerNormalization", "SkipLayerNormalization",
    "EmbedLayerNormalization", "BiasGelu", "FastGelu", "Gelu",
)  # fmt: skip


def float32_to_fused(path_in: Path, path_out: Path, *, model_type: str, heads: int = 0, hidden_size: int = 0) -> int:
    """Fuse transformer operators; the values stay float32. Returns the number of fused nodes."""
    from onnxruntime.transformers.optimizer import optimize_model

    before = operator_counts(load_graph(path_in))
    model = optimize_model(str(path_in), model_type=model_type, num_heads=heads, hidden_size=hidden_size, opt_level=0)
    after = operator_counts(model.model)
    fused = sum(max(0, after[name] - before[name]) for name in _FUSED)
    if fused == 0:
        raise GateError(f"nothing was fused in {path_in.name}", expected=f"operators of type '{model_type}'")
    save_graph(model.model, path_out)
    return fused
