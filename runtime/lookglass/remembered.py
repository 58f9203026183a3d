"""What is worked out once for each array, or garment, and kept while that is among the last few in use."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

Key = TypeVar("Key")
Made = TypeVar("Made")
_KEPT = 8


def remembered(make: Callable[[Key], Made]) -> Callable[[Key], Made]:
    """A function of an object that remembers its results by the object's identity; nobody may change them.

    Args:
        make: works the result out.

    Example:
        >>> import numpy as np
        >>> total = remembered(lambda array: [int(array.sum())])
        >>> ones = np.ones(3, np.uint8)
        >>> total(ones), total(ones) is total(ones)
        ([3], True)
    """
    cache: OrderedDict[int, tuple[Key, Made]] = OrderedDict()
    lock = threading.Lock()

    def find(key: Key) -> Made:
        with lock:
            if id(key) not in cache:
                # Kept with its result, so that no other object can take on its id.
                cache[id(key)] = key, make(key)
            cache.move_to_end(id(key))
            if len(cache) > _KEPT:
                cache.popitem(last=False)
            return cache[id(key)][1]

    return find
