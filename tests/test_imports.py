"""The device side starts without the workstation's libraries."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "transformers", "onnx", "export")


@pytest.mark.parametrize(
    "module", ["runtime.life.daemon", "edgemm.cli", "edgemm.tasks", "runtime.settings.config_layers"]
)
def test_a_fresh_interpreter_imports_it_without_torch(module):
    code = f"import sys, {module}; print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


def test_the_command_table_is_quick_to_load():
    code = "import sys, edgemm.cli; print(*[name for name in ('numpy', 'onnxruntime', 'cv2') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
