"""One graph with its buffers bound once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lookglass.types import F32

if TYPE_CHECKING:
    import onnxruntime


_DTYPES = {"tensor(float)": np.float32, "tensor(int64)": np.int64}
Given = F32 | npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DeviceArray:
    """A float32 tensor that lies on a session's own device already, written on the session's stream.

    Attributes:
        address: where it lies there, dense and row-major.
        shape: of the tensor.
    """

    address: int
    shape: tuple[int, ...]


class Session:
    """A callable graph; inputs and outputs go by name.

    Output arrays are bound once and **overwritten by the next call**: copy what must outlive it.
    An input that is the same read-only array as at the last call is not bound again, so on a GPU the
    tensors of a garment stay on the device; a `DeviceArray` is read where it lies. One thread owns a session.

    Attributes:
        inputs: name -> shape of the graph's inputs; they are float32, but for the numbers of words.
        providers: the execution providers the session was really built with, the first one first.
    """

    def __init__(self, inference: "onnxruntime.InferenceSession") -> None:
        self._inference = inference
        self._binding = inference.io_binding()
        self._bound: dict[str, tuple[Given | DeviceArray, Given | None]] = {}
        self.providers: tuple[str, ...] = tuple(inference.get_providers())
        self._device = "cuda" if self.providers[0].startswith(("CUDA", "Tensorrt")) else "cpu"
        self.inputs: dict[str, tuple[int, ...]] = {i.name: tuple(i.shape) for i in inference.get_inputs()}
        self._dtypes = {i.name: _DTYPES[i.type] for i in inference.get_inputs()}
        self._outputs = {o.name: np.zeros(o.shape, np.float32) for o in inference.get_outputs()}
        for name, array in self._outputs.items():
            self._binding.bind_output(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)

    def __call__(self, **inputs: Given | DeviceArray) -> Mapping[str, F32]:
        """Run the graph.

        Args:
            **inputs: every input of the graph, of its exact shape.

        Returns:
            Output name -> float32 array, valid until the next call.

        Raises:
            TypeError: an input is missing or not one of the graph's.
            ValueError: an input has another shape.
        """
        if inputs.keys() != self.inputs.keys():
            raise TypeError(f"the graph takes {sorted(self.inputs)}, not {sorted(inputs)}")
        for name, value in inputs.items():
            self._bind(name, value)
        self._inference.run_with_iobinding(self._binding)
        return self._outputs

    def _bind(self, name: str, value: Given | DeviceArray) -> None:
        if value.shape != self.inputs[name]:
            raise ValueError(f"input {name!r} takes shape {self.inputs[name]}, not {value.shape}")
        if isinstance(value, DeviceArray):
            self._binding.bind_input(name, self._device, 0, np.float32, value.shape, value.address)
            self._bound[name] = (value, None)
            return
        last = self._bound.get(name)
        if last is not None and value is last[0] and not value.flags.writeable:
            return
        array: Given = np.ascontiguousarray(value, self._dtypes[name])
        self._binding.bind_cpu_input(name, array)
        # The binding holds an address: both arrays must live as long as it does.
        self._bound[name] = (value, array)
