"""The workshop: cache folders, source hashes, progress, memory, ONNX files."""
