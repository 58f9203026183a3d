"""TFLite's compressed sparse weights, expanded.

The format follows TACO (Kjolstad et al., OOPSLA 2017): a tensor is a tree, one level per dimension in
traversal order, block dimensions last. A dense level has a fixed number of children; a sparse level lists
its children's coordinates per parent, as rows do in CSR.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import tflite

Array = npt.NDArray[Any]
_VECTORS = {1: tflite.Int32Vector, 2: tflite.Uint16Vector, 3: tflite.Uint8Vector}


def densify(values: Array, shape: tuple[int, ...], sparsity: Any) -> Array:
    """Expand the stored values of a sparse tensor.

    Args:
        values: (stored,) values in traversal order.
        shape: dense shape.
        sparsity: the tensor's `tflite.SparsityParameters`.

    Returns:
        Dense array of `shape`, zero where nothing is stored.
    """
    order = sparsity.TraversalOrderAsNumpy()
    blocks = [] if sparsity.BlockMapIsNone() else sparsity.BlockMapAsNumpy().tolist()
    levels = [sparsity.DimMetadata(i) for i in range(sparsity.DimMetadataLength())]
    coordinates = np.zeros((1, 0), np.int64)
    for level in levels:
        coordinates = _descend(coordinates, level)
    index = np.zeros((len(shape), len(coordinates)), np.int64)
    for column, dimension in enumerate(order):
        if dimension >= len(shape):
            index[blocks[dimension - len(shape)]] += coordinates[:, column]
        else:
            index[dimension] += coordinates[:, column] * _block_size(
                dimension, len(shape), order, blocks, levels
            )
    dense = np.zeros(shape, values.dtype)
    dense[tuple(index)] = values
    return dense


def _descend(parents: Array, level: Any) -> Array:
    """Append one level's coordinates: (parents, k) -> (children, k + 1)."""
    if level.Format() == tflite.DimensionType.DENSE:
        counts = np.full(len(parents), level.DenseSize())
        own = np.tile(np.arange(level.DenseSize()), len(parents))
    else:
        counts = np.diff(_vector(level.ArraySegments(), level.ArraySegmentsType()))
        own = _vector(level.ArrayIndices(), level.ArrayIndicesType())
    return np.column_stack([np.repeat(parents, counts, axis=0), own])


def _vector(table: Any, kind: int) -> Array:
    vector = _VECTORS[kind]()
    vector.Init(table.Bytes, table.Pos)
    return np.asarray(vector.ValuesAsNumpy(), np.int64)


def _block_size(dimension: int, rank: int, order: Array, blocks: list[int], levels: list[Any]) -> int:
    """How many elements of `dimension` one stored block spans."""
    if dimension not in blocks:
        return 1
    level = order.tolist().index(rank + blocks.index(dimension))
    return int(levels[level].DenseSize())
