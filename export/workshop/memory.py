"""How much memory an export will take, said before it is taken."""

from __future__ import annotations

from pathlib import Path

from edgemm.errors import HostError

_LIBRARIES_MB = 900
"""torch, transformers and onnx, loaded."""
_COPIES = 6
"""Weights at once: checkpoint, module, traced graph, serialised graph, quantised graph, session."""


def needed_mb(checkpoint: Path) -> int:
    """Estimate for a checkpoint folder. Its files may be float16, so a float32 copy is twice as large."""
    size = sum(path.stat().st_size for path in checkpoint.rglob("*") if path.is_file())
    return int(_LIBRARIES_MB + 2 * _COPIES * size / 1e6)


def available_mb() -> int | None:
    """Memory that can be taken without swapping; None where the system does not say."""
    info = Path("/proc/meminfo")
    if not info.is_file():
        return None
    lines = [line for line in info.read_text().splitlines() if line.startswith("MemAvailable:")]
    return int(lines[0].split()[1]) // 1024 if lines else None


def require(checkpoint: Path, name: str) -> int:
    """Megabytes that exporting `checkpoint` needs. Raises HostError when this host has not got them."""
    need, free = needed_mb(checkpoint), available_mb()
    if free is not None and free < need:
        raise HostError(
            f"not enough memory to export {name}", expected=f"about {need} MB", found=f"{free} MB available",
            remedy="Close other programs, or export on another machine and copy the bundle.",
        )  # fmt: skip
    return need
