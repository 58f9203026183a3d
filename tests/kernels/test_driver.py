"""The driver wrapper, on the fake driver: whose refusals are a driver's."""

from collections.abc import Iterator
from ctypes import Structure, c_uint64, c_void_p
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from lookglass.errors import DeviceError
from lookglass_kernels.driver import Buffer, Driver, Function, Size
from lookglass_kernels.driver_fake import build_fake_driver, stand_in_image
from lookglass_kernels.driver_picture import Part, Picture
from lookglass_kernels.driver_timing import Graph


class ConvertParams(Structure):
    """See `kernels/operator/convert.h`."""

    _fields_: ClassVar = [("source", c_void_p), ("target", c_void_p), ("count", c_uint64)]


@pytest.fixture(scope="module")
def library() -> Path:
    return build_fake_driver()


@pytest.fixture
def driver(library: Path) -> Iterator[Driver]:
    with Driver(library=str(library)) as driver:
        yield driver


@pytest.fixture
def to_half(driver: Driver) -> Function:
    return driver.load(stand_in_image().read_bytes()).function("convert_to_half")


def launch(kernel: Function, source: Buffer, target: Buffer, count: int, **options: int) -> None:
    """Convert `count` floats to halves in blocks of 256 threads."""
    params = ConvertParams(source.address, target.address, count)
    kernel(params, grid=(-(-count // 256), 1, 1), block=(256, 1, 1), **options)


def test_says_what_it_runs_on(driver: Driver) -> None:
    assert driver.name == "Lookglass CPU emulator"
    assert (driver.compute_capability, driver.multiprocessors) == ((9, 0), 132)


def test_memory_comes_back_as_it_went(driver: Driver) -> None:
    array = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    with driver.upload(array.transpose(2, 0, 1)) as buffer:
        assert np.array_equal(buffer.download((4, 2, 3), np.float32), array.transpose(2, 0, 1))
        buffer.fill(0xFF)
        assert np.isnan(buffer.download((24,), np.float32)).all()


def test_launches_a_kernel(driver: Driver, to_half: Function, rng: np.random.Generator) -> None:
    values = rng.standard_normal(1000).astype(np.float32)
    with driver.upload(values) as source, driver.allocate(2000) as target:
        launch(to_half, source, target, 1000)
        assert np.array_equal(target.download((1000,), np.float16), values.astype(np.float16))


def test_a_graph_runs_when_it_is_replayed(driver: Driver, to_half: Function) -> None:
    with driver.upload(np.ones(8, np.float32)) as source, driver.allocate(16) as target:
        target.fill(0)
        graph = Graph(driver, lambda stream: launch(to_half, source, target, 8, stream=stream))
        assert not target.download((8,), np.float16).any()
        assert graph.time_ms() > 0
        assert (target.download((8,), np.float16) == 1).all()
        graph.close()


def test_a_write_beyond_the_buffer_is_an_error(driver: Driver, to_half: Function) -> None:
    with driver.upload(np.ones(512, np.float32)) as source:
        target = driver.allocate(16)
        with pytest.raises(DeviceError, match=r"cuLaunchKernel failed with 700: .*illegal memory access"):
            launch(to_half, source, target, 20)
        with pytest.raises(DeviceError, match="illegal memory access"):
            target.free()


def test_too_much_for_a_buffer_is_refused(driver: Driver) -> None:
    with driver.allocate(8) as buffer:
        with pytest.raises(ValueError, match="16 bytes do not fit into a buffer of 8"):
            buffer.upload(np.zeros(4, np.float32))
        with pytest.raises(ValueError, match="do not fit"):
            buffer.download((3,), np.float32)


def test_memory_that_was_freed_is_gone(driver: Driver) -> None:
    buffer = driver.upload(np.ones(4, np.float32))
    buffer.free()
    with pytest.raises(DeviceError, match="cuMemcpyDtoHAsync_v2 failed with 1: invalid argument"):
        buffer.download((4,), np.float32)
    with pytest.raises(DeviceError, match="cuMemFree_v2 failed"):
        buffer.free()


@pytest.mark.parametrize("lie", ["as they come", "turned", "a window"])
def test_a_part_of_a_picture_goes_up_and_comes_down(
    driver: Driver, rng: np.random.Generator, lie: str
) -> None:
    image = rng.integers(0, 256, (30, 30, 3)).astype(np.uint8)
    image = {"turned": np.rot90(image), "a window": image[3:, 2:]}.get(lie, image)
    picture, part = Picture(driver, image.shape[:2]), (slice(4, 11), slice(7, 23))
    picture.memory.fill(9)
    picture.upload(image, part)
    drawn = np.zeros_like(image, order="C")
    picture.download(drawn, (slice(3, 12), slice(7, 24)))
    expected = np.zeros_like(image)
    expected[3:12, 7:24] = 9
    expected[part] = image[part]
    assert np.array_equal(drawn, expected)


@pytest.mark.parametrize("part", [(slice(29, 31), slice(0, 3)), (slice(0, 3), slice(18, 21))])
def test_a_part_beyond_a_picture_is_refused(driver: Driver, part: Part) -> None:
    with pytest.raises(DeviceError, match="cuMemcpy2DAsync_v2 failed with 1: invalid argument"):
        Picture(driver, (30, 20)).upload(np.zeros((40, 40, 3), np.uint8), part)


@pytest.mark.parametrize(
    ("options", "block"),
    [({}, (2048, 1, 1)), ({"shared_bytes": 50_000}, (32, 1, 1)), ({}, (8, 1, 128))],
    ids=["threads", "shared memory", "block depth"],
)
def test_a_launch_beyond_the_limits_is_refused(
    driver: Driver, to_half: Function, options: dict[str, int], block: Size
) -> None:
    with pytest.raises(DeviceError, match="invalid argument"):
        to_half(ConvertParams(0, 0, 0), grid=(1, 1, 1), block=block, **options)


def test_what_is_no_image_is_refused(driver: Driver) -> None:
    with pytest.raises(DeviceError, match="kernel image is invalid"):
        driver.load(b"not a fatbin")


def test_a_missing_kernel_is_named_by_the_driver(driver: Driver) -> None:
    with pytest.raises(DeviceError, match="cuModuleGetFunction failed with 500: named symbol not found"):
        driver.load(stand_in_image().read_bytes()).function("no_such_kernel")


def test_a_missing_device_is_an_error(library: Path) -> None:
    with pytest.raises(DeviceError, match="invalid device ordinal"):
        Driver(device=3, library=str(library))


def test_a_missing_driver_is_an_error() -> None:
    with pytest.raises(DeviceError, match=r"no NVIDIA driver.*--device cpu"):
        Driver(library="libno_such_driver.so.1")
