"""How a frame gets to the try-on graph and becomes a picture: by the CPU, or on cuda by our kernels."""

import logging
from dataclasses import dataclass
from typing import Protocol

from lookglass.compose import draw, overlay
from lookglass.engine import Engine, Session, kernels
from lookglass.engine.kernels import FrameDevice
from lookglass.errors import DeviceError
from lookglass.finish.folds import folded
from lookglass.frame_golden import prove
from lookglass.mipmap import mipmap
from lookglass.network import Network
from lookglass.types import U8, Crop, EncodedGarment, FinishedLayers, Garment, Layers, Person


class FramePath(Protocol):
    """The two ends of a frame's way: what the network draws for it, and the drawing in it."""

    def layers(self, image: U8, person: Person, garment: EncodedGarment) -> Layers:
        """Run the network on a person in a frame, (H, W, 3) uint8 BGR."""
        ...

    def draw(self, image: U8, crop: Crop, garment: Garment, layers: FinishedLayers) -> U8:
        """Draw finished layers into the frame that `layers` was last called with; a new array."""
        ...


class CpuPath:
    """The crop that the tracker cut goes up, the layers come down, and the CPU draws.

    Args:
        network: draws the layers.
    """

    def __init__(self, network: Network) -> None:
        self._network = network

    def layers(self, _image: U8, person: Person, garment: EncodedGarment) -> Layers:
        """Run the network; the layers are overwritten by the next call."""
        return self._network.layers(person, garment)

    def draw(self, image: U8, crop: Crop, garment: Garment, layers: FinishedLayers) -> U8:
        """Draw: (H, W, 3) uint8 BGR -> a new array."""
        return overlay(image, draw(image.shape[:2], crop, garment, layers))


class DevicePath:
    """What the crop shows of the frame goes up once as bytes, is drawn into, and comes down once as bytes.

    What the network returns comes down in between: `lookglass.finish` is the CPU's. One thread at a time.

    Args:
        network: draws the layers, in a session on the device's stream.
        device: holds the frame.
    """

    def __init__(self, network: Network, device: FrameDevice) -> None:
        self._network = network
        self._device = device

    def layers(self, image: U8, person: Person, garment: EncodedGarment) -> Layers:
        """Cut the person on the device, run the network; the layers are overwritten by the next call."""
        return self._network.layers(person, garment, picture=self._device.cut(image, person.crop))

    def draw(self, _image: U8, _crop: Crop, garment: Garment, layers: FinishedLayers) -> U8:
        """Draw into the frame that was cut: (H, W, 3) uint8 BGR, a new array."""
        return self._device.draw(mipmap(folded(garment)).levels, layers)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the frames of an engine go through.

    Attributes:
        tryon: a session of the try-on graph, on the device's stream if there is one.
        device: cuts and draws; None where the CPU does.
        words: the same for people, with the reason.
    """

    tryon: Session
    device: FrameDevice | None
    words: str

    def path(self, network: Network) -> FramePath:
        """The way of a frame through a network whose try-on graph is `tryon`."""
        return CpuPath(network) if self.device is None else DevicePath(network, self.device)


def choose(engine: Engine) -> Choice:
    """Our kernels on cuda, where they prove themselves against the CPU; the CPU everywhere else.

    Raises:
        DeviceError: the try-on graph does not run on the engine's device.
    """
    by_cpu = "the CPU cuts and draws the frames"
    if engine.device != "cuda":
        return Choice(engine.session("tryon"), None, by_cpu)
    try:
        device = kernels.open_frame_device()
        tryon = engine.session("tryon", stream=device.stream)
        off = prove(device, tryon)
    except DeviceError as error:
        words = f"{by_cpu}; our kernels are not in use: {error}"
        logging.getLogger(__name__).warning("on cuda %s", words)
        return Choice(engine.session("tryon"), None, words)
    words = f"our kernels cut and draw the frames on the device, within {off} of 255 of the CPU's"
    return Choice(tryon, device, words)
