"""The workstation side: checkpoint → ONNX → quantised → verified bundle. May import torch and transformers."""
