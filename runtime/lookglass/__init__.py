"""Lookglass: real-time virtual try-on for edge devices."""

import os

# Official onnxruntime builds report usage by default; a camera product must not.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
