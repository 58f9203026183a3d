"""A rendered sample must be true: its product photo, pulled through its flow, is the garment in its frame."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

moderngl = pytest.importorskip("moderngl")
pytest.importorskip("anny")

from lookglass_export.data.camera import WINDOW_HEIGHT  # noqa: E402
from lookglass_export.data.contact_sheet import contact_sheet, warp_product  # noqa: E402
from lookglass_export.data.errors import DataError  # noqa: E402
from lookglass_export.data.factor_sheet import factor_sheet  # noqa: E402
from lookglass_export.data.maps import HALF, Sample  # noqa: E402
from lookglass_export.data.sample import make_sample  # noqa: E402
from lookglass_export.data.scene import Studio, make_scene  # noqa: E402
from lookglass_export.data.spec import plan  # noqa: E402
from lookglass_export.data.trackers import Trackers  # noqa: E402


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    studio, trackers = Studio(), Trackers()
    return [make_sample(studio, trackers, "train", index) for index in (3, 8)]


def test_shapes_and_types(samples: list[Sample]) -> None:
    expected = {
        "frames": ((3, 352, 264, 3), np.uint8), "products": ((3, 256, 256, 4), np.uint8),
        "product_parts": ((3, 256, 256), np.uint8), "flow": ((3, 3, 2, 176, 132), np.float16),
        "flow_valid": ((3, 3, 176, 132), np.uint8), "coverage": ((3, 3, 176, 132), np.uint8),
        "alpha": ((3, 176, 132), np.uint8), "occluder": ((3, 2, 176, 132), np.uint8),
        "parse": ((3, 176, 132), np.uint8), "arm_front": ((3, 176, 132), np.uint8),
        "landmarks": ((3, 33, 5), np.float32), "presence": ((3,), np.float32),
        "masks": ((3, 176, 132), np.uint8), "tone": ((3, 3), np.float32),
        "painted": ((176, 132, 3), np.uint8), "bare": ((176, 132), np.uint8), "valid": ((4,), np.int32),
    }  # fmt: skip
    for name, (shape, kind) in expected.items():
        assert samples[0][name].shape == shape, name
        assert samples[0][name].dtype == kind, name
    assert np.isfinite(samples[0]["flow"]).all()


def test_product_through_flow_is_the_garment(samples: list[Sample]) -> None:
    """Where a garment is fully visible the warped product's alpha covers it, and its pattern correlates."""
    for sample in samples:
        for k in range(3):
            warped = warp_product(sample, k)
            solid = sample["alpha"][k] == 255
            assert (warped[..., 3] < 128)[solid].mean() < 0.03
            assert ((warped[..., 3] > 128) & (sample["alpha"][k] == 0)).sum() < 0.03 * solid.sum()


def test_left_is_the_wearers_left(samples: list[Sample]) -> None:
    """The left sleeve lies on the right of the product photo, and of the frame of a person facing us."""
    for sample in samples:
        for k in range(3):
            left, right = (np.nonzero(sample["product_parts"][k] == part)[1] for part in (2, 3))
            if len(left) and len(right):
                assert left.mean() > right.mean()
            across = [np.nonzero(sample["flow_valid"][k, part] >= 2)[1].mean() for part in (1, 2)]
            assert across[0] > across[1]


def test_same_scene_in_every_top(samples: list[Sample]) -> None:
    """Where no frame shows a top, and none of their shadows falls, all three frames are alike."""
    sample = samples[0]
    near = cv2.dilate((sample["alpha"].max(0) > 0).astype(np.uint8), np.ones((31, 31)))
    small = [
        cv2.resize(np.asarray(f), HALF, interpolation=cv2.INTER_AREA).astype(int) for f in sample["frames"]
    ]
    x0, y0, x1, y1 = sample["valid"] // 2
    apart = (near == 0)[y0:y1, x0:x1]
    assert np.abs(small[0] - small[1])[y0:y1, x0:x1][apart].max(initial=0) <= 1


def test_landmarks_find_the_person(samples: list[Sample]) -> None:
    for sample in samples:
        assert (sample["presence"] > 0.9).all()


def test_a_scene_is_a_function_of_stream_and_index() -> None:
    studio, trackers = Studio(), Trackers()
    first, again = (make_sample(studio, trackers, "test", 1) for _ in range(2))
    for name in first:
        np.testing.assert_array_equal(first[name], again[name], err_msg=name)


def test_a_close_camera_is_within_an_arms_length() -> None:
    """A phone's or a laptop's picture ends inside the window, and its lens is near the face."""
    studio = Studio()
    for index in range(6):
        scene = make_scene(studio, plan("close", index), 0.02)
        face = scene.bones.joints[studio.body.joint("head")]
        assert 0.25 < np.linalg.norm(scene.camera.eye - face) < 1.2
        assert scene.camera.frame is not None
        assert (scene.camera.frame[:2] > 0).any() or (scene.camera.frame[2:] < [264, 352]).any()
        shoulders = [studio.body.joint(f"upperarm01.{side}") for side in "LR"]
        seen = scene.camera.project(scene.bones.joints[shoulders])
        assert (np.abs(seen - [131.5, 175.5]) < [132, 176]).all()


def test_a_contact_sheet_shows_every_top(samples: list[Sample], tmp_path: Path) -> None:
    np.savez(tmp_path / "scene_000003.npz", **samples[0])
    contact_sheet(tmp_path, tmp_path / "sheet.png")
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    assert sheet.shape[0] == 3 * WINDOW_HEIGHT
    assert sheet.std() > 20


@pytest.mark.parametrize("factor", ["pose", "kind"])
def test_a_factor_sheet_has_a_line_for_each_value(samples: list[Sample], tmp_path: Path, factor: str) -> None:
    for index, sample in enumerate(samples):
        np.savez(tmp_path / f"scene_{index:06d}.npz", **sample)
    factors = [json.loads(str(sample["factors"])) for sample in samples]
    values = (
        {f["pose"] for f in factors}
        if factor == "pose"
        else {g["kind"] for f in factors for g in f["garments"]}
    )
    factor_sheet(tmp_path, tmp_path / "sheet.png", factor)
    assert cv2.imread(str(tmp_path / "sheet.png")).shape[0] == 176 * len(values)
    with pytest.raises(DataError, match="no_such"):
        factor_sheet(tmp_path, tmp_path / "none.png", "no_such")
    assert not (tmp_path / "none.png").exists()
