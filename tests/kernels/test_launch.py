"""The launchers against float64: on the fake driver anywhere, on the device where there is one.

Each runs in a process of its own, because a process has one libcuda.so.1.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from lookglass.errors import DeviceError
from lookglass_kernels.build import BuildError, build_fatbins
from lookglass_kernels.driver import Driver
from lookglass_kernels.driver_fake import build_fake_driver, stand_in_image
from lookglass_kernels.operator_library import build_operator

CHECK = Path(__file__).with_name("launch_check.py")
LAUNCHERS = [
    "driver",
    "operator",
    pytest.param(
        "pycuda", marks=pytest.mark.skipif(not find_spec("pycuda"), reason="PyCUDA is not installed")
    ),
]


def check(launcher: str, code: str | Path, environment: Mapping[str, str]) -> None:
    """Run the launcher on random inputs, drawn anew each time; pytest prints the seed of a failure."""
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    done = subprocess.run(
        [sys.executable, CHECK, launcher, code, str(seed)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_on_the_fake_driver(launcher: str) -> None:
    fake, image = build_fake_driver(), stand_in_image()
    environment = {"LD_LIBRARY_PATH": str(fake.parent), "LD_PRELOAD": str(fake)}
    library = build_operator({"cross_attention": image, "convert": image})
    check(launcher, library if launcher == "operator" else image, environment)


@pytest.mark.gpu
@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_on_the_device(launcher: str) -> None:
    try:
        Driver()
        images = build_fatbins()
    except (DeviceError, BuildError) as missing:
        pytest.skip(str(missing))
    check(launcher, build_operator(images) if launcher == "operator" else "built", {})
