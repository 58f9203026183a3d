"""A camera frame on the GPU: what the person crop shows of it goes up, is drawn into, and comes down."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from lookglass.engine.session import DeviceArray
from lookglass.person.crop import CROP_SIZE, MODEL_HEIGHT, MODEL_WIDTH
from lookglass.types import F32, U8, Crop, FinishedLayers
from lookglass_kernels.driver import Driver
from lookglass_kernels.driver_picture import Picture
from lookglass_kernels.launch_frame import Preprocess, WarpComposite


class Freed(Protocol):
    """What holds device memory."""

    def free(self) -> None: ...


class FrameDevice:
    """`preprocess` and `warp_composite` around the try-on graph, on one stream.

    One thread at a time may use it. A frame of another size than the last one gets new memory.

    Attributes:
        stream: handle of the stream; ONNX Runtime takes it as `user_compute_stream`.

    Example:
        device = FrameDevice(Driver(), {kernel: load_fatbin(kernel) for kernel in FrameDevice.KERNELS})
        layers = network.layers(person, garment, picture=device.cut(frame, person.crop))
        dressed = device.draw(mipmap(photo).levels, finish(layers, person, garment))
    """

    KERNELS = ("preprocess", "warp_composite")

    def __init__(self, driver: Driver, images: Mapping[str, bytes]) -> None:
        """Load the kernels.

        Args:
            driver: opened; its context is made current in whichever thread comes with a frame.
            images: the fatbin of each of `KERNELS`.

        Raises:
            DeviceError: an image has no code for this GPU.
        """
        self._driver = driver
        self._preprocess_code, self._composite_code = (driver.load(images[kernel]) for kernel in self.KERNELS)
        self.stream = driver.stream()
        self._size = (0, 0)
        self._held: list[Freed] = []

    def cut(self, frame: U8, crop: Crop) -> DeviceArray:
        """Take the next frame in and cut the try-on network's columns of the person crop.

        Args:
            frame: (H, W, 3) uint8 BGR, not to be changed before it is drawn.
            crop: the person crop; nothing beyond it goes up.

        Returns:
            (1, 3, 256, 192) RGB in [0, 1], overwritten by the next call.
        """
        self._driver.make_current()
        if frame.shape[:2] != self._size:
            self._make_room(frame.shape[:2])
        self._preprocess.aim(crop)
        self._frame, self._crop, self._part = frame, crop, self._preprocess.part()
        self._before.upload(frame, self._part, stream=self.stream)
        self._preprocess.launch(stream=self.stream)
        address = self._preprocess.launch.memory["out"].address
        return DeviceArray(address, (1, 3, MODEL_HEIGHT, MODEL_WIDTH))

    def read(self, picture: DeviceArray) -> F32:
        """A copy on the host of what `cut` returned."""
        memory = self._preprocess.launch.memory["out"]
        return memory.download(picture.shape, np.float32, stream=self.stream)

    def draw(self, levels: Sequence[U8], layers: FinishedLayers) -> U8:
        """Draw a garment into the frame that was cut last.

        Args:
            levels: of the garment's photo, see `lookglass.mipmap`; uploaded unless the same as last time.
            layers: what `lookglass.finish` returned; they span that crop.

        Returns:
            (H, W, 3) uint8 BGR, a new array.
        """
        composite = self._wearing(levels, layers)
        composite.aim(self._crop)
        composite.upload(layers, stream=self.stream)
        composite.launch(stream=self.stream)
        drawn = self._frame.copy()
        self._after.download(drawn, self._part, stream=self.stream)
        return drawn

    def _make_room(self, size: tuple[int, int]) -> None:
        """Memory and launches for frames of another size."""
        for held in self._held:
            held.free()
        self._size = size
        self._before, self._after = Picture(self._driver, size), Picture(self._driver, size)
        self._preprocess = Preprocess(
            self._driver,
            self._preprocess_code,
            size,
            size=(MODEL_HEIGHT, MODEL_WIDTH),
            crop_size=CROP_SIZE,
            left=(CROP_SIZE - MODEL_WIDTH) // 2,
            lent={"frame": self._before.memory},
        )
        self._composite: WarpComposite | None = None
        self._held = [self._before.memory, self._after.memory, self._preprocess.launch]

    def _wearing(self, levels: Sequence[U8], layers: FinishedLayers) -> WarpComposite:
        """The drawing launches, made for the layers' shapes, with this photo on the device."""
        if self._composite is None or not self._composite.fits(layers):
            lent = {"frame": self._before.memory, "out": self._after.memory}
            made = WarpComposite(self._driver, self._composite_code, self._size, layers, levels, lent=lent)
            self._composite = made
            self._held.append(made.launch)
        elif levels is not self._worn:
            self._composite.wear(levels, stream=self.stream)
        self._worn = levels
        return self._composite
