"""Streams, captured graphs and events of the driver: what a benchmark needs besides launches."""

from collections.abc import Callable
from ctypes import byref, c_float, c_ulonglong, c_void_p

from lookglass_kernels.driver import Driver

_THREAD_LOCAL_CAPTURE = 1


class Graph:
    """Launches captured once, so that replaying them costs no launch overhead on the host.

    Example:
        graph = Graph(driver, lambda stream: kernel(x, grid=(8,), block=(128,), stream=stream))
        print(graph.time_ms())
    """

    def __init__(self, driver: Driver, work: Callable[[int], None]) -> None:
        """Capture what `work` queues on the stream it is given; nothing runs yet."""
        self._driver = driver
        self._stream, graph, self._executable = c_void_p(driver.stream()), c_void_p(), c_void_p()
        driver.call("cuStreamBeginCapture_v2", self._stream, _THREAD_LOCAL_CAPTURE)
        work(self._stream.value or 0)
        driver.call("cuStreamEndCapture", self._stream, byref(graph))
        driver.call("cuGraphInstantiateWithFlags", byref(self._executable), graph, c_ulonglong(0))
        driver.call("cuGraphDestroy", graph)
        self._events = [c_void_p(), c_void_p()]
        for event in self._events:
            driver.call("cuEventCreate", byref(event), 0)

    def replay(self) -> None:
        """Queue the captured launches."""
        self._driver.call("cuGraphLaunch", self._executable, self._stream)

    def time_ms(self) -> float:
        """Milliseconds on the device for one replay."""
        start, end = self._events
        self._driver.call("cuEventRecord", start, self._stream)
        self.replay()
        self._driver.call("cuEventRecord", end, self._stream)
        self._driver.call("cuEventSynchronize", end)
        elapsed = c_float()
        self._driver.call("cuEventElapsedTime", byref(elapsed), start, end)
        return elapsed.value

    def close(self) -> None:
        """Release the graph, its events and its stream."""
        for event in self._events:
            self._driver.call("cuEventDestroy_v2", event)
        self._driver.call("cuGraphExecDestroy", self._executable)
        self._driver.call("cuStreamDestroy_v2", self._stream)
