"""HostSignature: what engines and pre-optimised graphs depend on, read without any GPU package."""

from __future__ import annotations

import ctypes
import platform
import re
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import numpy as np

from edgemm.proof_graph import proof_graph

_CUDA_MAJOR, _CUDA_MINOR = 75, 76
"""CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR (cuda.h)."""


@dataclass(frozen=True)
class HostSignature:
    """This host. None: there is no such thing here."""

    arch: str
    os: str
    jetpack: str | None
    """L4T release of a Jetson, such as `36.4.0`."""
    gpu_compute_capability: str | None
    cuda: str | None
    """Highest CUDA version that the driver supports."""
    tensorrt: str | None
    onnxruntime: str | None
    onnxruntime_providers: tuple[str, ...]
    """Execution providers that computed something here."""

    def as_dict(self) -> dict[str, str]:
        """What is there, as strings, as the manifest's `host` holds it."""
        fields = {**asdict(self), "onnxruntime_providers": ",".join(self.onnxruntime_providers)}
        return {name: value for name, value in fields.items() if value}


@cache
def host_signature() -> HostSignature:
    """The signature of this host; probed once per process."""
    capability, cuda = _cuda_device()
    return HostSignature(
        arch=platform.machine(),
        os=_os_release(Path("/etc/os-release")),
        jetpack=_l4t_release(Path("/etc/nv_tegra_release")),
        gpu_compute_capability=capability,
        cuda=cuda,
        tensorrt=_version("tensorrt") or _tensorrt_library(),
        onnxruntime=_version("onnxruntime") or _version("onnxruntime-gpu"),
        onnxruntime_providers=proven_providers(),
    )


def host_target() -> str:
    """Name of the export target for this kind of host: `cpu-x86` or `cpu-arm64`."""
    return "cpu-arm64" if platform.machine() in ("aarch64", "arm64") else "cpu-x86"


def proven_providers() -> tuple[str, ...]:
    """Providers of ONNX Runtime that run a tiny graph correctly; empty without ONNX Runtime."""
    try:
        import onnxruntime
    except ImportError:
        return ()
    return tuple(name for name in onnxruntime.get_available_providers() if _computes(name))


def _computes(provider: str) -> bool:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.log_severity_level = 4
    if provider != "CPUExecutionProvider":  # otherwise a missing library falls back to the CPU unnoticed
        options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    try:
        session = ort.InferenceSession(proof_graph(), options, providers=[provider])
        (result,) = session.run(["y"], {"x": np.array([21.0], np.float32)})
    except Exception:  # noqa: BLE001  onnxruntime raises its own unrelated types; whatever it is, it does not work here
        return False
    return session.get_providers()[0] == provider and float(result[0]) == 42.0


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _os_release(path: Path) -> str:
    """`debian-12` from os-release(5)."""
    if not path.is_file():
        return platform.system().lower()
    pairs = dict(line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines() if "=" in line)
    name, version = (pairs.get(key, "").strip('"') for key in ("ID", "VERSION_ID"))
    return f"{name}-{version}" if version else name


def _l4t_release(path: Path) -> str | None:
    """`36.4.0` from "# R36 (release), REVISION: 4.0, ..."."""
    if not path.is_file():
        return None
    match = re.search(r"R(\d+).*?REVISION:\s*([\d.]+)", path.read_text(encoding="utf-8"))
    return f"{match[1]}.{match[2]}" if match else None


def _cuda_device() -> tuple[str | None, str | None]:
    """Compute capability of the first GPU and the driver's CUDA version, from the driver library itself."""
    try:
        cuda = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return None, None
    device, version = ctypes.c_int(), ctypes.c_int()
    if cuda.cuInit(0) != 0 or cuda.cuDeviceGet(ctypes.byref(device), 0) != 0:
        return None, None
    parts = [_cuda_attribute(cuda, attribute, device) for attribute in (_CUDA_MAJOR, _CUDA_MINOR)]
    cuda.cuDriverGetVersion(ctypes.byref(version))
    return ".".join(map(str, parts)), f"{version.value // 1000}.{version.value % 1000 // 10}"


def _cuda_attribute(cuda: ctypes.CDLL, attribute: int, device: ctypes.c_int) -> int:
    value = ctypes.c_int()
    cuda.cuDeviceGetAttribute(ctypes.byref(value), attribute, device)
    return value.value


def _tensorrt_library() -> str | None:
    """Version of an installed libnvinfer, as on a Jetson, where the Python package may be missing."""
    for major in (11, 10):
        try:
            version = int(ctypes.CDLL(f"libnvinfer.so.{major}").getInferLibVersion())
        except OSError:
            continue
        return f"{version // 10000}.{version // 100 % 100}.{version % 100}"
    return None
