"""What is worked out once for each array and kept while that is among the last few in use."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from lookglass.types import U8

Made = TypeVar("Made")
_KEPT = 8


def remembered(make: Callable[[U8], Made]) -> Callable[[U8], Made]:
    """A function of an array that remembers its results by the array's identity; nobody may change them.

    Args:
        make: works the result out.

    Example:
        >>> import numpy as np
        >>> total = remembered(lambda array: [int(array.sum())])
        >>> ones = np.ones(3, np.uint8)
        >>> total(ones), total(ones) is total(ones)
        ([3], True)
    """
    cache: OrderedDict[int, tuple[U8, Made]] = OrderedDict()
    lock = threading.Lock()

    def find(array: U8) -> Made:
        with lock:
            if id(array) not in cache:
                # Kept with its result, so that no other array can take on its id.
                cache[id(array)] = array, make(array)
            cache.move_to_end(id(array))
            if len(cache) > _KEPT:
                cache.popitem(last=False)
            return cache[id(array)][1]

    return find
