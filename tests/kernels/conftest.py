"""What the kernel tests share: emulator libraries, built once, and a seed that is new on every run."""

import os
import secrets
from collections.abc import Iterator

import numpy as np
import pytest

from lookglass.bundle import Bundle
from lookglass.engine import Engine, kernels
from lookglass.engine.providers import PROVIDERS
from lookglass_kernels.build import AMPERE, TURING, build_emulator
from lookglass_kernels.emulator import Emulator


@pytest.fixture(scope="session", params=[AMPERE, TURING], ids=["ampere", "turing"])
def emulator(request: pytest.FixtureRequest) -> Emulator:
    """All kernels, once for the path with asynchronous copies and once for the one without."""
    return Emulator(build_emulator(architecture=request.param))


@pytest.fixture(scope="session")
def ampere() -> Emulator:
    """For kernels that have one path for all architectures."""
    return Emulator(build_emulator(architecture=AMPERE))


@pytest.fixture
def seed() -> int:
    """Drawn anew for every test and printed; LOOKGLASS_SEED repeats one."""
    seed = int(os.environ.get("LOOKGLASS_SEED", secrets.randbelow(2**31)))
    print(f"LOOKGLASS_SEED={seed}")
    return seed


@pytest.fixture
def rng(seed: int) -> np.random.Generator:
    """A generator from the test's seed."""
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.load()


@pytest.fixture(scope="module")
def engine(bundle: Bundle) -> Iterator[Engine]:
    """Whose sessions for "cuda" run on the CPU, with the graph's own attention."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PROVIDERS, "cuda", PROVIDERS["cpu"])
        engine = Engine(bundle, device="cuda")
        engine.kernels = kernels.without("not this test's matter")
        yield engine
