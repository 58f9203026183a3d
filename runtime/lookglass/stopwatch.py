"""How long each stage of a frame took."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from lookglass.person.graph import Graph
from lookglass.types import F32


class Stopwatch:
    """Adds up the time spent in named stages; what a stage inside another takes counts for the inner one.

    Attributes:
        stage_ms: stage -> milliseconds since `restart`.

    Example:
        >>> watch = Stopwatch()
        >>> with watch.stage("compose"):
        ...     pass
        >>> list(watch.stage_ms)
        ['compose']
    """

    def __init__(self) -> None:
        self.stage_ms: dict[str, float] = {}
        self._inner_ns = 0

    def restart(self) -> None:
        """Forget the last frame; the dictionary handed out before stays as it is."""
        self.stage_ms = {}
        self._inner_ns = 0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block."""
        start, outer = time.perf_counter_ns(), self._inner_ns
        self._inner_ns = 0
        try:
            yield
        finally:
            took = time.perf_counter_ns() - start
            self.stage_ms[name] = self.stage_ms.get(name, 0.0) + (took - self._inner_ns) / 1e6
            self._inner_ns = outer + took

    def timed(self, name: str, graph: Graph) -> Graph:
        """The same graph, timed as a stage."""

        def run(**inputs: F32) -> Mapping[str, F32]:
            with self.stage(name):
                return graph(**inputs)

        return run
