"""Runs under an old ONNX Runtime with NumPy alone: every graph of a folder on seeded inputs, outputs to a file.

    python old_onnxruntime_script.py FOLDER OUTPUT.npz OPTIMISERS-TO-LEAVE-OUT

Each graph is an .onnx file; its inputs stand beside it as NAME.npz.
"""

import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort

folder, output = Path(sys.argv[1]), Path(sys.argv[2])
options = ort.SessionOptions()
options.intra_op_num_threads = 1
results = {}
for inputs in sorted(folder.glob("*.npz")):
    graph = inputs.with_suffix(".txt").read_text()
    session = ort.InferenceSession(
        graph, options, providers=["CPUExecutionProvider"], disabled_optimizers=sys.argv[3].split(",")
    )
    names = [node.name for node in session.get_outputs()]
    values = session.run(names, dict(np.load(inputs)))
    results.update({f"{inputs.stem}|{name}": value for name, value in zip(names, values, strict=True)})
np.savez(output, __version__=np.array(ort.__version__), **results)
