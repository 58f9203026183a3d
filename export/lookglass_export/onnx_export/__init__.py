"""From trained networks to a bundle: ONNX graphs with pinned versions, fp16 weights, and the manifest."""
