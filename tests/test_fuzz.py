"""A minute of damaged files, shared by all readers: each ends with a value or with an error of ours, never otherwise.

The damage is the same every time; how much of it a minute holds depends on the host.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from edgemm.bundles.bundle import MANIFEST_FILE, write_bundle
from edgemm.commands.verify import main as verify
from edgemm.errors import InputError
from edgemm.pictures.picture_files import read_picture, write_picture
from edgemm.settings.yaml_source import read_yaml
from edgemm.sound.sound_files import read_sound, write_sound
from edgemm.tasks.examples import read_examples
from export.families.ctranslate2 import read_model, whisper_state
from export.families.tfjs import read_graph_model
from export.families.tfjs_numpy import evaluate
from export.sources.packages import extract
from runtime.control.lines import message_of
from runtime.sessions.session_reader import open_session
from runtime.settings.kept_state import load_state
from tests import test_bundle, test_session
from tests.bundle_damage import replace_file, write_manifest
from tests.fuzzing import damaged_bytes, damaged_trees, only_our_errors
from tests.test_archives import WANTED, tarred, zipped
from tests.test_tfjs import TfjsGraph
from tests.tiny_embedder import write_checkpoint

T = TypeVar("T")
MINUTE_S = 60.0
LEAST_CASES = 20
ENDLESS = 10**9


class Files:
    """Good files to damage, in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str, data: bytes) -> Path:
        (self.folder / name).write_bytes(data)
        return self.folder / name


def sound(files: Files, form: str) -> tuple[bytes, Callable[[bytes], object]]:
    import soundfile

    path = files.folder / f"good.{form}"
    tone = np.sin(np.arange(1600) / 5).astype(np.float32) * 0.3
    if form == "flac":
        soundfile.write(path, tone, 16_000)
    else:
        write_sound(path, tone, 16_000)
    return path.read_bytes(), lambda data: read_sound(files.path(f"damaged.{form}", data))


def picture(files: Files) -> tuple[bytes, Callable[[bytes], object]]:
    path = files.folder / "good.png"
    write_picture(path, np.random.default_rng(1).integers(0, 255, (24, 32, 3), np.uint8))
    return path.read_bytes(), lambda data: read_picture(files.path("damaged.png", data))


def yaml(files: Files) -> tuple[bytes, Callable[[bytes], object]]:
    good = Path("configs/runtime/default.yaml").read_bytes()
    return good, lambda data: read_yaml(files.path("damaged.yaml", data))


def session(files: Files) -> tuple[bytes, Callable[[bytes], object]]:
    good = test_session.written(files.folder / "good.mcap", count=4)

    def play(data: bytes) -> None:
        for _ in open_session(files.path("damaged.mcap", data), recover=True).arrivals():
            pass

    return good.read_bytes(), play


def control(files: Files) -> tuple[bytes, Callable[[bytes], object]]:
    def read(line: bytes) -> None:
        try:
            message_of(line)
        except ValueError as error:  # what the server answers with
            raise InputError(str(error)) from error

    return b'{"command": "ask", "text": "is there a cup?", "more": [1, {"a": null}]}\n', read


def kept_state(files: Files) -> tuple[bytes, Callable[[bytes], object]]:
    return b'{"volume": 0.5, "rate": 1.25}', lambda data: load_state(files.path("voice.json", data).parent)


def examples(files: Files) -> tuple[bytes, Callable[[bytes], object]]:
    boxed = '{"image": "1.png", "boxes": [{"label": "cup", "xyxy": [0, 1, 2.5, 3]}], "label": "cup"}'
    good = f'{{"audio": "1.wav", "text": "hello"}}\n{boxed}\n'.encode()
    return good, lambda data: read_examples(files.path("manifest.jsonl", data).parent)


def ctranslate2(files: Files) -> tuple[bytes, Callable[[bytes], object]]:
    from tests import tiny_whisper

    tiny_whisper.save_ctranslate2(files.folder, tiny_whisper.save_hugging_face(files.folder))
    good = (files.folder / "model.bin").read_bytes()
    return good, lambda data: whisper_state(read_model(files.path("model.bin", data)))


def archive(files: Files, name: str) -> tuple[bytes, Callable[[bytes], object]]:
    path = files.folder / f"good-{name}"
    good = zipped(path) if name.endswith("whl") else tarred(path, "w:gz")
    return good.read_bytes(), lambda data: extract(files.path(name, data), WANTED, files.folder / "out")


BYTES: dict[str, Callable[[Files], tuple[bytes, Callable[[bytes], object]]]] = {
    "sound.wav": lambda files: sound(files, "wav"),
    "sound.flac": lambda files: sound(files, "flac"),
    "picture": picture,
    "yaml": yaml,
    "session": session,
    "control": control,
    "kept state": kept_state,
    "examples": examples,
    "ctranslate2": ctranslate2,
    "package.whl": lambda files: archive(files, "a.whl"),
    "package.tgz": lambda files: archive(files, "a.tgz"),
}


def tfjs(files: Files) -> tuple[Any, Callable[[Any], object]]:
    graph = TfjsGraph((1, 4, 4, 2))
    kernel = graph.const(np.ones((1, 1, 2, 3)))
    made = graph.op("Conv2D", "x", kernel, strides=[1, 1, 1, 1], padding="SAME", data_format="NHWC")
    path = graph.save(files.folder, made, (1, 4, 4, 3))

    def read(tree: Any) -> None:
        model = read_graph_model(files.path("damaged.json", json.dumps(tree).encode()))
        evaluate(model, {name: np.zeros((1, 4, 4, 2), np.float32) for name in model.inputs})

    return json.loads(path.read_text()), read


def _bundle(files: Files) -> Path:
    weights = write_checkpoint(files.folder / "weights")
    contents = {"encoder.onnx": weights / "embedder.onnx", "tokenizer.json": weights / "tokenizer.json"}
    return write_bundle(files.folder / "bundle", test_bundle.manifest(), contents).folder


def bundle_manifest(files: Files) -> tuple[Any, Callable[[Any], object]]:
    folder = _bundle(files)

    def read(tree: Any) -> None:
        write_manifest(folder, json.dumps(tree))
        verify([str(folder)])

    return json.loads((folder / MANIFEST_FILE).read_text()), read


def bundle_tokenizer(files: Files) -> tuple[Any, Callable[[Any], object]]:
    folder = _bundle(files)

    def read(tree: Any) -> None:
        replace_file(folder, "tokenizer.json", json.dumps(tree).encode())
        verify([str(folder)])

    return json.loads((folder / "tokenizer.json").read_text()), read


TREES: dict[str, Callable[[Files], tuple[Any, Callable[[Any], object]]]] = {
    "tfjs": tfjs,
    "bundle manifest": bundle_manifest,
    "bundle tokenizer": bundle_tokenizer,
}
SHARE_S = MINUTE_S / (len(BYTES) + len(TREES))


def within_share(inputs: Iterator[T]) -> Iterator[T]:
    """As many inputs as a reader's share of the minute holds, and some on the slowest host."""
    end_s = time.monotonic() + SHARE_S
    for number, each in enumerate(inputs):
        if number >= LEAST_CASES and time.monotonic() > end_s:
            return
        yield each


@pytest.mark.parametrize("reader", BYTES)
def test_damaged_bytes(reader: str, tmp_path: Path) -> None:
    good, read = BYTES[reader](Files(tmp_path))
    read(good)
    only_our_errors(read, within_share(damaged_bytes(good, seed=31, count=ENDLESS)))


@pytest.mark.parametrize("reader", TREES)
def test_damaged_structure(reader: str, tmp_path: Path) -> None:
    good, read = TREES[reader](Files(tmp_path))
    read(good)
    only_our_errors(read, within_share(damaged_trees(good, seed=32, count=ENDLESS)))


@pytest.mark.parametrize(
    "text", ["[" * 20_000, '{"a":' * 20_000, "9" * 20_000, "\x00", "{}", "[]", "null", "1e999", "-"]
)
@pytest.mark.parametrize("reader", ["yaml", "control", "kept state", "examples"])
def test_what_is_deep_or_huge(reader: str, text: str, tmp_path: Path) -> None:
    _, read = BYTES[reader](Files(tmp_path))
    only_our_errors(read, [text.encode(), text.encode() + b"\xff\n"])
