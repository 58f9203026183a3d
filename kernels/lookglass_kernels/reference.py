"""What each kernel must compute, in float64 and from another formula than the kernel's."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]
F64 = npt.NDArray[np.float64]


def cross_attention(q: Array, k: Array, v: Array, extra: Array) -> tuple[F64, F64, F64]:
    """Softmax attention over the whole score matrix at once (Vaswani et al. 2017, equation 1).

    Args:
        q: (H, Nq, Dk), the scale folded in.
        k: (H, Nk, Dk).
        v: (H, Nk, Dv).
        extra: (Nk, E), shared by the heads.

    Returns:
        out (H, Nq, Dv), extra_out (H, Nq, E) and lse (H, Nq), all float64.

    Example:
        >>> one = np.ones((1, 1, 2))
        >>> [a.tolist() for a in cross_attention(one, one, 3 * one, np.ones((1, 1)))]
        [[[[3.0, 3.0]]], [[[1.0]]], [[2.0]]]
    """
    q64, k64, v64, extra64 = (np.asarray(a, np.float64) for a in (q, k, v, extra))
    scores = q64 @ k64.transpose(0, 2, 1)
    top = scores.max(-1, keepdims=True)
    weights = np.exp(scores - top)
    total = weights.sum(-1, keepdims=True)
    weights /= total
    return weights @ v64, weights @ extra64, (top + np.log(total))[..., 0]
