"""Running graphs: ONNX Runtime sessions on a device that is what was asked for."""

from lookglass.engine.devices import DEVICES, Engine
from lookglass.engine.session import DeviceArray, Session

__all__ = ["DEVICES", "DeviceArray", "Engine", "Session"]
