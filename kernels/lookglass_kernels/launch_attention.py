"""`cross_attention` from Python."""

import numpy as np

from lookglass_kernels.abi import CrossAttentionParams, plan_cross_attention
from lookglass_kernels.driver import Array
from lookglass_kernels.launch import Code, Gpu, Launch, Tensor


class CrossAttention:
    """`cross_attention` for one set of sizes.

    Attributes:
        launch: the planned launch with its device memory: q, k, v, extra, out, extra_out, lse.

    Example:
        attention = CrossAttention(gpu, code, q.shape, v.shape, extra.shape)
        out, extra_out, lse = attention(q, k, v, extra)
    """

    def __init__(
        self,
        gpu: Gpu,
        code: Code,
        q: tuple[int, int, int],
        v: tuple[int, int, int],
        extra: tuple[int, int],
        *,
        splits: int = 0,
    ) -> None:
        """Plan and allocate.

        Args:
            gpu: the device.
            code: the kernel's image, loaded.
            q: (heads, queries, key width).
            v: (heads, keys, value width).
            extra: (keys, at most 8).
            splits: force a split of the keys; 0 lets the plan choose.

        Raises:
            ValueError: there is no kernel for these sizes.
        """
        (*rows, key_width), (heads, keys, value_width), extra_width = q, v, extra[1]
        inputs = {"q": q, "k": (heads, keys, key_width), "v": v, "extra": extra}
        tensors: dict[str, Tensor] = {name: (shape, np.float16) for name, shape in inputs.items()}
        tensors["out"] = ([*rows, value_width], np.float16)
        tensors["extra_out"] = ([*rows, extra_width], np.float32)
        tensors["lse"] = (rows, np.float32)
        params = CrossAttentionParams(
            heads=heads, queries=rows[1], keys=keys,
            key_width=key_width, value_width=value_width, extra_width=extra_width,
        )  # fmt: skip
        plan = plan_cross_attention(params, multiprocessors=gpu.multiprocessors, splits=splits)
        self.launch = Launch(gpu, code, [plan], params, tensors)

    def __call__(self, q: Array, k: Array, v: Array, extra: Array) -> tuple[Array, Array, Array]:
        """Upload, run and download.

        Args:
            q: (heads, queries, key width) float16; the scale is folded in.
            k: (heads, keys, key width) float16.
            v: (heads, keys, value width) float16.
            extra: (keys, extra width) float16.

        Returns:
            out (heads, queries, value width) float16, extra_out (heads, queries, extra width) float32 and
            lse (heads, queries) float32.
        """
        inputs = {"q": q, "k": k, "v": v, "extra": extra}
        out, extra_out, lse = self.launch.run(inputs, ["out", "extra_out", "lse"])
        return out, extra_out, lse
