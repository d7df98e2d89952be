"""The two graphs of a Whisper, traced from the model's own layers.

`fused` attention writes ONNX Runtime's MultiHeadAttention, which is fastest on CPUs; `plain` writes standard operators
only, which is what other backends take. Both compute the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

OPSET = 20
IR_VERSION = 10

HEAD = "head"
"""Name of the node that gives the logits, for recipes."""

Pair = tuple[Tensor, Tensor]
Attend = Callable[[Tensor, Tensor, Tensor, int, bool], Tensor]
"""(query, keys, values, heads, is_causal): query (batch, token, width); keys and values alike, or split by head
(batch, head, token, size), as caches keep them. Only unsplit ones reach ONNX Runtime's blockwise (flash) attention,
which takes 0.54 of the time at 1,500 positions and gives the same."""


def plain_attention(query: Tensor, keys: Tensor, values: Tensor, heads: int, is_causal: bool) -> Tensor:
    """Softmax attention in standard operators; returns (batch, token, width)."""
    split, keys, values = (_heads(x, heads) if x.dim() == 3 else x for x in (query, keys, values))
    scores = split @ keys.transpose(2, 3) / math.sqrt(split.shape[-1])
    if is_causal:
        rows = torch.arange(scores.shape[2])[:, None] + (scores.shape[3] - scores.shape[2])
        scores = scores.masked_fill(torch.arange(scores.shape[3])[None, :] > rows, -1e9)
    return (torch.softmax(scores, dim=-1) @ values).transpose(1, 2).flatten(2)


def fused_attention(query: Tensor, keys: Tensor, values: Tensor, heads: int, is_causal: bool) -> Tensor:
    """The same as one com.microsoft::MultiHeadAttention node."""
    return torch.onnx.ops.symbolic(
        "com.microsoft::MultiHeadAttention",
        (query, keys, values),
        attrs={"num_heads": heads, "unidirectional": int(is_causal)},
        dtype=query.dtype,
        shape=query.shape,
        version=1,
    )


class Encoder(nn.Module):
    """log_mel (batch, mel, frame) → each decoder layer's cross-attention keys and values (batch, head, position, size).

    The position embedding is cut to the sound's length, so that a short context works.
    """

    def __init__(self, model: nn.Module, attend: Attend) -> None:
        super().__init__()
        self.encoder, self.decoder, self.attend = model.model.encoder, model.model.decoder, attend

    def forward(self, log_mel: Tensor) -> tuple[Tensor, ...]:
        hidden = nn.functional.gelu(self.encoder.conv1(log_mel))
        hidden = nn.functional.gelu(self.encoder.conv2(hidden)).permute(0, 2, 1)
        hidden = hidden + self.encoder.embed_positions.weight[: hidden.shape[1]]
        for layer in self.encoder.layers:
            normal = layer.self_attn_layer_norm(hidden)
            keys, values = layer.self_attn.k_proj(normal), layer.self_attn.v_proj(normal)
            hidden = hidden + _attention(layer.self_attn, self.attend, normal, keys, values, is_causal=False)
            hidden = hidden + _feed_forward(layer, hidden)
        hidden = self.encoder.layer_norm(hidden)
        return tuple(tensor for layer in self.decoder.layers for tensor in _keys_and_values(layer.encoder_attn, hidden))


class Decoder(nn.Module):
    """input_ids (batch, token), self-attention past, cross keys and values → logits of each token, present.

    The embedding is kept once, transposed: the head multiplies by it, and the look-up gathers its columns.
    """

    def __init__(self, model: nn.Module, attend: Attend) -> None:
        super().__init__()
        self.decoder, self.attend = model.model.decoder, attend
        self.head = nn.Parameter(model.model.decoder.embed_tokens.weight.detach().t().contiguous(), requires_grad=False)

    def forward(self, input_ids: Tensor, past: list[Tensor], cross: list[Tensor]) -> tuple[Tensor, ...]:
        past_length = past[0].shape[2]
        positions = torch.arange(input_ids.shape[1]) + past_length
        embedded = self.head.index_select(1, input_ids.flatten()).t()[None]
        hidden = embedded + self.decoder.embed_positions.weight[positions]
        present: list[Tensor] = []
        for index, layer in enumerate(self.decoder.layers):
            normal = layer.self_attn_layer_norm(hidden)
            new = _keys_and_values(layer.self_attn, normal)
            keys, values = (torch.cat([past[2 * index + i], new[i]], dim=2) for i in (0, 1))
            present += [keys, values]
            hidden = hidden + _attention(layer.self_attn, self.attend, normal, keys, values, is_causal=True)
            normal = layer.encoder_attn_layer_norm(hidden)
            pair = cross[2 * index], cross[2 * index + 1]
            hidden = hidden + _attention(layer.encoder_attn, self.attend, normal, *pair, is_causal=False)
            hidden = hidden + _feed_forward(layer, hidden)
        return self.decoder.layer_norm(hidden) @ self.head, *present


def _heads(tensor: Tensor, heads: int) -> Tensor:
    """(batch, token, width) → (batch, head, token, size)."""
    return tensor.unflatten(2, (heads, -1)).transpose(1, 2)


def _keys_and_values(attention: nn.Module, hidden: Tensor) -> Pair:
    return (
        _heads(attention.k_proj(hidden), attention.num_heads),
        _heads(attention.v_proj(hidden), attention.num_heads),
    )


def _attention(
    attention: nn.Module, attend: Attend, hidden: Tensor, keys: Tensor, values: Tensor, *, is_causal: bool
) -> Tensor:
    return attention.out_proj(attend(attention.q_proj(hidden), keys, values, attention.num_heads, is_causal))


def _feed_forward(layer: nn.Module, hidden: Tensor) -> Tensor:
    return layer.fc2(nn.functional.gelu(layer.fc1(layer.final_layer_norm(hidden))))


def trace_encoder(model: nn.Module, attend: Attend, path: Path) -> None:
    """Write the encoder with a dynamic frame axis."""
    config = model.config
    outputs = [name for i in range(config.decoder_layers) for name in (f"cross_key_{i}", f"cross_value_{i}")]
    _trace(
        Encoder(model, attend),
        (torch.zeros(1, config.num_mel_bins, 2 * 64),),
        path,
        ({2: 2 * torch.export.Dim("half_frames", min=2, max=config.max_source_positions)},),
        ["log_mel"],
        outputs,
    )


def trace_decoder(model: nn.Module, attend: Attend, path: Path) -> None:
    """Write the decoder with dynamic token, past and position axes. Prefill and decoding are the same graph."""
    config = model.config
    heads, size = config.decoder_attention_heads, config.d_model // config.decoder_attention_heads
    names = [f"{kind}_{i}" for i in range(config.decoder_layers) for kind in ("key", "value")]
    past_axis, position_axis = torch.export.Dim("past_token", min=0), torch.export.Dim("position", min=2)
    _trace(
        Decoder(model, attend),
        (
            torch.zeros(1, 3, dtype=torch.int64),
            [torch.zeros(1, heads, 5, size) for _ in names],
            [torch.zeros(1, heads, 7, size) for _ in names],
        ),
        path,
        ({1: torch.export.Dim("token", min=1)}, [{2: past_axis} for _ in names], [{2: position_axis} for _ in names]),
        ["input_ids", *(f"past_{name}" for name in names), *(f"cross_{name}" for name in names)],
        ["logits", *(f"present_{name}" for name in names)],
    )


def _trace(
    module: nn.Module,
    arguments: tuple[object, ...],
    path: Path,
    dynamic_shapes: tuple[object, ...],
    input_names: list[str],
    output_names: list[str],
) -> None:
    import onnx

    with torch.no_grad():
        program = torch.onnx.export(
            module.eval(),
            arguments,
            dynamo=True,
            dynamic_shapes=dynamic_shapes,
            input_names=input_names,
            output_names=output_names,
            opset_version=OPSET,
            external_data=False,
            verbose=False,
        )
    graph = program.model_proto
    graph.ir_version = min(graph.ir_version, IR_VERSION)
    for node in graph.graph.node:
        if "logits" in node.output:
            node.name = HEAD
    onnx.save(graph, path)
