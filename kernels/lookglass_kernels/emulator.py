"""Runs kernels on the CPU: the same sources, compiled with g++, on fibers. For tests, not for speed."""

import ctypes
from ctypes import Structure, c_char_p, c_int32, c_uint32, c_uint64, c_void_p
from pathlib import Path
from typing import ClassVar

from lookglass_kernels.abi import LaunchPlan


class EmulatorError(Exception):
    """The emulator saw a kernel do what a GPU would not forgive: a race, a bad access, a missed barrier."""


class Options(Structure):
    """How a launch is scheduled; see `emulator/emulator.h`."""

    _fields_: ClassVar = [
        ("seed", c_uint32),
        ("resident_blocks", c_uint32),
        ("deferred_copies", c_int32),
    ]


class Emulator:
    """One emulator library.

    Example:
        >>> from lookglass_kernels.build import build_emulator
        >>> Emulator(build_emulator()).has("cross_attention_64_64_w4")
        True
    """

    def __init__(self, library: Path) -> None:
        self._library = ctypes.CDLL(str(library))
        self._library.lookglass_emulator_error.restype = c_char_p
        self._library.lookglass_emulator_params_bytes.restype = c_uint32
        self._library.lookglass_emulator_bank_conflicts.restype = c_uint64
        self._library.lookglass_emulator_launch.argtypes = [
            c_char_p, c_void_p, c_void_p, c_uint32, c_void_p, c_void_p
        ]  # fmt: skip

    def has(self, kernel: str) -> bool:
        """Whether the library holds a kernel of this name."""
        return self.params_bytes(kernel) > 0

    def params_bytes(self, kernel: str) -> int:
        """Size of the kernel's params struct as C sees it, 0 when there is no such kernel."""
        return int(self._library.lookglass_emulator_params_bytes(kernel.encode()))

    def launch(
        self,
        plan: LaunchPlan,
        params: Structure,
        *,
        seed: int = 0,
        resident_blocks: int = 3,
        deferred_copies: bool = False,
    ) -> None:
        """Run one launch to its end.

        Args:
            plan: from the kernel's plan function.
            params: the kernel's params; pointers are host addresses.
            seed: 0 runs blocks and warps in order, anything else shuffles and interleaves them.
            resident_blocks: how many blocks are interleaved under a seed.
            deferred_copies: asynchronous copies land when waited for instead of at once.

        Raises:
            EmulatorError: with the kernel's fault and the block and thread it happened in.
        """
        options = Options(seed, resident_blocks, deferred_copies)
        if self._library.lookglass_emulator_launch(
            plan.kernel, plan.grid, plan.block, plan.shared_bytes, ctypes.byref(params), ctypes.byref(options)
        ):
            reason = self._library.lookglass_emulator_error().decode()
            raise EmulatorError(f"{plan.kernel.decode()}: {reason}")

    @property
    def bank_conflicts(self) -> int:
        """Matrix loads of the last launch whose rows met in a bank."""
        return int(self._library.lookglass_emulator_bank_conflicts())
