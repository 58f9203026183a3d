"""Gaps between where the new garment ends and where the old one did."""


def to_close(gap: float, most: float) -> float:
    """How much of a gap is closed: all of it up to the most, then less, and from twice the most on nothing.

    The garment that ends so far from the old one is meant to; between, it may not jump from frame to frame.

    Example:
        >>> [to_close(gap, 4.0) for gap in (3.0, 6.0, 9.0)]
        [3.0, 3.0, 0.0]
    """
    return gap * min(max(2 - gap / most, 0), 1)
