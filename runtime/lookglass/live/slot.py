"""A place for one value between two threads, where the newest wins."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Slot(Generic[T]):
    """Holds at most one value.

    Example:
        >>> slot = Slot[int]()
        >>> slot.put(1), slot.put(2), slot.take()
        (None, 1, 2)
    """

    def __init__(self) -> None:
        self._value: T | None = None
        self._closed = False
        self._changed = threading.Condition()

    def put(self, value: T, *, wait: bool = False) -> T | None:
        """Put a value in.

        Args:
            value: the newest value.
            wait: wait until the last value was taken instead of replacing it.

        Returns:
            The value that had to go: the one that was never taken, or this one if the slot is closed.
        """
        with self._changed:
            while wait and self._value is not None and not self._closed:
                self._changed.wait()
            if self._closed:
                return value
            replaced, self._value = self._value, value
            self._changed.notify_all()
            return replaced

    def take(self, timeout_s: float | None = None) -> T | None:
        """Take the value, waiting for one; None when the slot is closed and empty, or time is up."""
        with self._changed:
            self._changed.wait_for(lambda: self._value is not None or self._closed, timeout_s)
            value, self._value = self._value, None
            self._changed.notify_all()
            return value

    def close(self) -> None:
        """Take nothing more in; what is inside may still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def finished(self) -> bool:
        """Closed, and nothing left to take."""
        with self._changed:
            return self._closed and self._value is None
