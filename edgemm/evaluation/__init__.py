"""Quality of a bundle on a data set, by the same task code as the daemon.

One file per task with two functions:

    evaluate(bundle, examples)              figures of one bundle against the labels
    compare(reference, candidate, examples) figures of a candidate against the float32 reference: the gates' input

A data set is a folder with `manifest.jsonl`; each line is an example (`edgemm.tasks.examples`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from edgemm.bundles.bundle import Bundle
from edgemm.bundles.figures import Figure
from edgemm.tasks.examples import Example

Evaluate = Callable[[Bundle, Sequence[Example]], tuple[Figure, ...]]
Compare = Callable[[Bundle, Bundle, Sequence[Example]], tuple[Figure, ...]]


def evaluator(task: str) -> tuple[Evaluate, Compare]:
    """`evaluate` and `compare` of a task."""
    module = import_module(f"edgemm.evaluation.{task}")
    return module.evaluate, module.compare
