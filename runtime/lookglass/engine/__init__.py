"""Running graphs: ONNX Runtime sessions on a device that is what was asked for."""

from lookglass.engine.devices import DEVICES, Engine
from lookglass.engine.session import Session

__all__ = ["DEVICES", "Engine", "Session"]
