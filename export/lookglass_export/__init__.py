"""The PyTorch side of Lookglass: data, models, training, evaluation and ONNX export."""
