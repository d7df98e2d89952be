"""Detector and classifier as bundled against their float32 form in ONNX Runtime, on the evaluation photographs."""

from __future__ import annotations

from functools import partial
from typing import Any

from bench import Context, Measurement
from bench.interleaved import interleave
from bench.references import float32_bundle
from edgemm.bundles.figures import Figure
from edgemm.media import VideoFrame
from edgemm.pictures.picture_files import read_picture
from edgemm.tasks import open_task
from edgemm.tasks.examples import read_examples
from export.data.cache import data_set

PICTURES = 12
ROUNDS = 10
AT_MOST = 0.6


def measure(context: Context) -> Measurement:
    examples = read_examples(data_set("pictures-evaluation"))
    frames = [read_picture(example.image) for example in examples[:: len(examples) // PICTURES] if example.image]
    figures: list[Figure] = []
    series: dict[str, tuple[float, ...]] = {}
    for role, call in (("detector", _detect), ("classifier", _classify)):
        models = context.models()
        recipe = models.folder(role).parent.name  # type: ignore[arg-type]
        ours = models.get(role)  # type: ignore[arg-type]
        peer = open_task(float32_bundle(recipe, context.target, context.folder / "float32"))
        pairs = interleave(partial(call, ours), partial(call, peer), frames, ROUNDS)
        figures.append(pairs.ratio(f"{role}_time_to_float32", AT_MOST))
        series |= {role: pairs.ours_ms, f"{role} float32": pairs.peer_ms}
    return Measurement(tuple(figures), "whole call of the task: preprocessing, inference, suppression", series)


def _detect(task: Any, frame: VideoFrame) -> object:
    return task.detect(frame)


def _classify(task: Any, frame: VideoFrame) -> object:
    return task.classify(frame)
