"""The ONNX scanner survives any bytes: it answers or refuses, and nothing else."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from lookglass.bundle.onnx_scan import scan
from lookglass.errors import BundleError

VALID = bytes([0x08, 10, 0x42, 2, 0x10, 20]) + b"\x3a\x0e" + b"\x0a\x06\x22\x04Relu" + b"\x12\x04name"


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    with contextlib.suppress(BundleError):
        scan(data)


@given(st.integers(0, len(VALID) - 1), st.integers(0, 255), st.integers(0, len(VALID)))
def test_a_model_with_one_byte_changed_or_cut_short(position: int, byte: int, length: int) -> None:
    changed = bytearray(VALID)
    changed[position] = byte
    for data in (bytes(changed), VALID[:length]):
        with contextlib.suppress(BundleError):
            scan(data)


def test_the_unchanged_model() -> None:
    assert scan(VALID).operators == {("", "Relu")}
