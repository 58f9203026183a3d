"""Import MediaPipe's person models into a bundle's folder."""

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import onnx

from lookglass_export.importer.convert import convert
from lookglass_export.importer.fetch import fetch_member


@dataclass(frozen=True)
class PersonModel:
    """A TFLite file and the ONNX graph that it becomes.

    Attributes:
        name: name of the graph in a bundle.
        package: the package that carries it, as its package manager writes it.
        member: path inside the package.
        sha256: hash of the .tflite file.
        outputs: ONNX output to (TFLite output, shape).
    """

    name: str
    package: str
    member: str
    sha256: str
    outputs: dict[str, tuple[str, tuple[int, ...]]]

    def fetch(self, cache: Path) -> bytes:
        """The .tflite file, from its package."""
        return fetch_member(self.package, self.member, sha256=self.sha256, cache=cache)

    def convert(self, data: bytes) -> onnx.ModelProto:
        """The ONNX graph of the .tflite file; its input is `image`, RGB."""
        return convert(data, name=self.name, input_name="image", outputs=self.outputs)


_WHEEL = "mediapipe==0.10.21"
_LANDMARKS = {"landmarks": ("Identity", (1, 39, 5)), "presence": ("Identity_1", (1, 1))}

DETECTOR = PersonModel(
    "pose_detector",
    _WHEEL,
    "mediapipe/modules/pose_detection/pose_detection.tflite",
    "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    {"boxes": ("Identity", (1, 2254, 12)), "scores": ("Identity_1", (1, 2254))},
)
LANDMARKS_FULL = PersonModel(
    "pose_landmarks",
    _WHEEL,
    "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
    "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    _LANDMARKS,
)
LANDMARKS_LITE = PersonModel(
    "pose_landmarks",
    "@mediapipe/pose@0.5.1675469404",
    "package/pose_landmark_lite.tflite",
    "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
    _LANDMARKS,
)
MASK = PersonModel(
    "person_mask",
    _WHEEL,
    "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite",
    "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
    {"mask": ("activation_10", (1, 1, 256, 256))},
)


def main(argv: list[str]) -> None:
    """Entry point; see `--help`."""
    parser = argparse.ArgumentParser(prog="lookglass-export models", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="bundle folder")
    parser.add_argument("--landmarks", choices=("full", "lite"), default="full", help="landmark graph")
    parser.add_argument("--cache", type=Path, help="keep the downloaded packages here")
    args = parser.parse_args(argv)
    landmarks = LANDMARKS_FULL if args.landmarks == "full" else LANDMARKS_LITE
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for model in (DETECTOR, landmarks, MASK):
            path = args.out / f"{model.name}.onnx"
            onnx.save(model.convert(model.fetch(args.cache or Path(scratch))), path)
            print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")
