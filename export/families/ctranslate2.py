"""Read a CTranslate2 `model.bin` (little endian, version 6) and give a Whisper's tensors their Hugging Face names.

File: u32 version, string specification, u32 revision, u32 count; then per variable: string name, u8 rank, u32 sizes,
u8 element type, u32 bytes, data; then u32 count of aliases, each a pair of strings. A string is a u16 length that
counts its closing NUL, then the bytes.
"""

from __future__ import annotations

import math
import os
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from edgemm.bundles.tensors import Array
from edgemm.errors import CheckpointError

FORMAT_VERSION = 6
_STACKED = {
    ("self_attention", "linear_0"): ("q_proj", "k_proj", "v_proj"),
    ("self_attention", "linear_1"): ("out_proj",),
    ("attention", "linear_0"): ("q_proj",),
    ("attention", "linear_1"): ("k_proj", "v_proj"),
    ("attention", "linear_2"): ("out_proj",),
}
_ELEMENT_TYPES = {0: "<f4", 1: "i1", 2: "<i2", 3: "<i4", 4: "<f2"}


@dataclass(frozen=True)
class Model:
    """Variables of a CTranslate2 model by name, as stored."""

    specification: str
    tensors: dict[str, Array]


def read_model(path: Path) -> Model:
    """Read `path`. Raises CheckpointError for another format version or a truncated file."""
    try:
        with path.open("rb") as file:
            (version,) = _unpack(file, "<I")
            if version != FORMAT_VERSION:
                raise CheckpointError(
                    f"{path}: CTranslate2 format", expected=f"version {FORMAT_VERSION}", found=f"version {version}"
                )
            specification = _string(file)
            _, count = _unpack(file, "<II")
            tensors = dict(_variable(file) for _ in range(count))
            (aliases,) = _unpack(file, "<I")
            for _ in range(aliases):
                alias, name = _string(file), _string(file)
                tensors[alias] = tensors[name]
    except (OSError, struct.error, ValueError, KeyError, OverflowError) as error:
        raise CheckpointError(f"{path}: not a CTranslate2 model, or truncated", found=error) from error
    return Model(specification, tensors)


def whisper_state(model: Model) -> dict[str, Array]:
    """float32 tensors under the names of `WhisperForConditionalGeneration.state_dict()`.

    Raises CheckpointError for another architecture or for quantised weights, which are not the checkpoint's own.
    """
    if model.specification != "WhisperSpec":
        raise CheckpointError("CTranslate2 model", expected="WhisperSpec", found=model.specification)
    state: dict[str, Array] = {}
    for name, tensor in model.tensors.items():
        if tensor.dtype.kind == "f" and tensor.ndim > 0:
            for new_name, value in _renamed(name, tensor):
                state[f"model.{new_name}"] = np.ascontiguousarray(value, dtype=np.float32)
        elif name.endswith("weight"):
            raise CheckpointError(f"CTranslate2 tensor {name}", expected="float16 or float32", found=tensor.dtype)
    if "model.decoder.embed_tokens.weight" not in state:
        raise CheckpointError("CTranslate2 model", expected="tensor decoder/embeddings/weight", found="none")
    state["proj_out.weight"] = state["model.decoder.embed_tokens.weight"]
    return state


def _renamed(name: str, tensor: Array) -> list[tuple[str, Array]]:
    """The Hugging Face tensors that one variable holds: attention projections come stacked."""
    side, _, rest = name.partition("/")
    plain = {
        "embeddings/weight": "embed_tokens.weight",
        "position_encodings/encodings": "embed_positions.weight",
        "layer_norm/gamma": "layer_norm.weight",
        "layer_norm/beta": "layer_norm.bias",
    }
    if rest in plain:
        return [(f"{side}.{plain[rest]}", tensor)]
    if rest.startswith("conv"):
        return [(f"{side}.{rest.replace('/', '.')}", tensor)]
    found = re.fullmatch(r"layer_(\d+)/(self_attention|attention|ffn)/(layer_norm|linear_\d)/(\w+)", rest)
    if found is None:
        return []  # scalars of the specification and alignment heads
    layer, block, part, kind = found.groups()
    prefix = f"{side}.layers.{layer}"
    if part == "layer_norm":
        norm = {"self_attention": "self_attn_layer_norm", "attention": "encoder_attn_layer_norm"}
        return [(f"{prefix}.{norm.get(block, 'final_layer_norm')}.{'weight' if kind == 'gamma' else 'bias'}", tensor)]
    if block == "ffn":
        return [(f"{prefix}.{'fc1' if part == 'linear_0' else 'fc2'}.{kind}", tensor)]
    attention = f"{prefix}.{'self_attn' if block == 'self_attention' else 'encoder_attn'}"
    stacked = _STACKED.get((block, part))
    if stacked is None or len(tensor) % len(stacked):
        raise CheckpointError(
            f"CTranslate2 tensor {name}", expected="the stacked projections of a Whisper", found=tensor.shape
        )
    pieces = zip(stacked, np.split(tensor, len(stacked)), strict=True)
    # Whisper's keys have no bias; CTranslate2 stores zeros in its place.
    return [(f"{attention}.{new}.{kind}", piece) for new, piece in pieces if (new, kind) != ("k_proj", "bias")]


def _unpack(file: BinaryIO, layout: str) -> tuple[int, ...]:
    return struct.unpack(layout, file.read(struct.calcsize(layout)))


def _string(file: BinaryIO) -> str:
    (length,) = _unpack(file, "<H")
    return file.read(length)[:-1].decode()


def _variable(file: BinaryIO) -> tuple[str, Array]:
    name = _string(file)
    (rank,) = _unpack(file, "<B")
    sizes = _unpack(file, f"<{rank}I")
    element_type, length = _unpack(file, "<BI")
    dtype = np.dtype(_ELEMENT_TYPES[element_type])
    if length != math.prod(sizes) * dtype.itemsize or length > _bytes_left(file):
        raise ValueError(f"variable '{name}' of sizes {sizes} has {length} bytes, and {_bytes_left(file)} are left")
    return name, np.frombuffer(file.read(length), dtype).reshape(sizes)


def _bytes_left(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size - file.tell()
