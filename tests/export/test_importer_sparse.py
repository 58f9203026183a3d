"""Sparse weights against a naive walk of the definition, element by element."""

from itertools import product
from typing import Any

import flatbuffers
import numpy as np
import tflite

from lookglass_export.importer.sparse import densify


def test_compressed_rows() -> None:
    """A 3x4 matrix in CSR: rows dense, columns sparse."""
    dense = np.array([[0, 5, 0, 6], [0, 0, 0, 0], [7, 0, 0, 0]], np.float16)
    sparsity = _sparsity([0, 1], [], [3, ([0, 2, 2, 3], [1, 3, 0])])
    assert np.array_equal(densify(dense[dense != 0], (3, 4), sparsity), dense)


def test_compressed_blocks() -> None:
    """Blocks of 1x2 over the columns of a 2x4 matrix: block row 0 holds its last, row 1 its first block."""
    dense = np.array([[0, 0, 1, 2], [3, 4, 0, 0]], np.float32)
    sparsity = _sparsity([0, 1, 2], [1], [2, ([0, 1, 2], [1, 0]), 2])
    assert np.array_equal(densify(np.array([1, 2, 3, 4], np.float32), (2, 4), sparsity), dense)


def test_columns_first() -> None:
    """Traversal order may turn the dimensions round."""
    values = np.arange(1, 7, dtype=np.float32)
    expected = np.zeros((2, 3), np.float32)
    for value, (column, row) in zip(values, product(range(3), range(2)), strict=True):
        expected[row, column] = value
    assert np.array_equal(densify(values, (2, 3), _sparsity([1, 0], [], [3, 2])), expected)


def _sparsity(order: list[int], blocks: list[int], levels: list[int | tuple[list[int], list[int]]]) -> Any:
    """A real flatbuffer table; a level is its dense size, or its segments and indices."""
    builder = flatbuffers.Builder(256)
    made = [_level(builder, level) for level in levels]
    tflite.SparsityParametersStartDimMetadataVector(builder, len(made))
    for level in reversed(made):
        builder.PrependUOffsetTRelative(level)
    dimensions = builder.EndVector()
    block_map = builder.CreateNumpyVector(np.array(blocks, np.int32))
    traversal = builder.CreateNumpyVector(np.array(order, np.int32))
    tflite.SparsityParametersStart(builder)
    tflite.SparsityParametersAddTraversalOrder(builder, traversal)
    if blocks:
        tflite.SparsityParametersAddBlockMap(builder, block_map)
    tflite.SparsityParametersAddDimMetadata(builder, dimensions)
    builder.Finish(tflite.SparsityParametersEnd(builder))
    return tflite.SparsityParameters.GetRootAs(builder.Output(), 0)


def _level(builder: flatbuffers.Builder, level: int | tuple[list[int], list[int]]) -> int:
    if isinstance(level, int):
        tflite.DimensionMetadataStart(builder)
        tflite.DimensionMetadataAddDenseSize(builder, level)
        return int(tflite.DimensionMetadataEnd(builder))
    segments, indices = (_int32_vector(builder, values) for values in level)
    tflite.DimensionMetadataStart(builder)
    tflite.DimensionMetadataAddFormat(builder, tflite.DimensionType.SPARSE_CSR)
    for which, vector in (("ArraySegments", segments), ("ArrayIndices", indices)):
        getattr(tflite, f"DimensionMetadataAdd{which}Type")(builder, tflite.SparseIndexVector.Int32Vector)
        getattr(tflite, f"DimensionMetadataAdd{which}")(builder, vector)
    return int(tflite.DimensionMetadataEnd(builder))


def _int32_vector(builder: flatbuffers.Builder, values: list[int]) -> int:
    numbers = builder.CreateNumpyVector(np.array(values, np.int32))
    tflite.Int32VectorStart(builder)
    tflite.Int32VectorAddValues(builder, numbers)
    return int(tflite.Int32VectorEnd(builder))
