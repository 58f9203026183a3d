"""Trousers, shorts and skirts: what is rendered of them must be true as it must be of tops."""

from collections import Counter

import numpy as np
import pytest

moderngl = pytest.importorskip("moderngl")
pytest.importorskip("anny")

from lookglass.garment.category import guess_category  # noqa: E402
from lookglass.person.crop import CROP_SIZE, MODEL_WIDTH, person_crop  # noqa: E402
from lookglass_export.data.body import PARSE  # noqa: E402
from lookglass_export.data.camera import WINDOW_HEIGHT, WINDOW_WIDTH  # noqa: E402
from lookglass_export.data.contact_sheet import warp_product  # noqa: E402
from lookglass_export.data.lower_sample import make_lower_sample  # noqa: E402
from lookglass_export.data.maps import Sample  # noqa: E402
from lookglass_export.data.scene import Studio  # noqa: E402
from lookglass_export.data.spec import TEST_SPECS, plan  # noqa: E402
from lookglass_export.data.trackers import Trackers  # noqa: E402

UNTUCKED, TUCKED = 6, 2


@pytest.fixture(scope="module")
def samples() -> dict[int, Sample]:
    studio, trackers = Studio(), Trackers()
    return {index: make_lower_sample(studio, trackers, "lower", index) for index in (UNTUCKED, TUCKED)}


def test_product_through_flow_is_the_garment(samples: dict[int, Sample]) -> None:
    """Where a garment is fully visible the warped product's alpha covers it, and nowhere else."""
    for sample in samples.values():
        for k in range(3):
            warped = warp_product(sample, k)
            solid = sample["alpha"][k] == 255
            assert solid.sum() > 200
            assert (warped[..., 3] < 128)[solid].mean() < 0.03
            assert ((warped[..., 3] > 128) & (sample["alpha"][k] == 0)).sum() < 0.03 * solid.sum()


def test_window_holds_the_crop(samples: dict[int, Sample]) -> None:
    for sample in samples.values():
        for k in range(3):
            crop = person_crop(sample["landmarks"][k], str(sample["category"]))
            half = np.array([MODEL_WIDTH, CROP_SIZE]) / 2 / crop.scale
            assert (np.array(crop.center) - half > -3).all()
            assert (np.array(crop.center) + half < np.array([WINDOW_WIDTH, WINDOW_HEIGHT]) + 3).all()


def test_left_leg_is_the_wearers_left(samples: dict[int, Sample]) -> None:
    for sample in samples.values():
        for k in range(3):
            left, right = (np.nonzero(sample["product_parts"][k] == part)[1] for part in (2, 3))
            if len(left):
                assert left.mean() > right.mean()


def test_legs_are_no_top(samples: dict[int, Sample]) -> None:
    for sample in samples.values():
        for product, parts in zip(sample["products"], sample["product_parts"], strict=True):
            if (parts == 2).any():
                assert guess_category(product[..., 3].astype(np.float32) / 255) == "lower"


def test_a_top_worn_over_hides_the_waist(samples: dict[int, Sample]) -> None:
    """Worn over the trousers a top is in front of them; tucked in it is not."""
    for index, sample in samples.items():
        top = sample["parse"][0] == PARSE.index("top")
        front = sample["occluder"][0, 0][top & (sample["arm_front"][0] == 0)] > 127
        assert (front.mean() > 0.9) == (plan("lower", index).over != "tucked")


def test_plans_hold_their_shares() -> None:
    """At least 15 % with hands before the hips, 20 % with the top over the waist, every skin tone."""
    spec = TEST_SPECS["lower"]
    plans = [plan(spec["stream"], index) for index in range(spec["count"])]
    poses = Counter(fixed.pose for fixed in plans)
    in_front = ("clasped", "on_thigh", "hand_in_front", "pocket")
    assert sum(poses[name] for name in in_front) >= 0.15 * len(plans)
    assert sum(fixed.over != "tucked" for fixed in plans) >= 0.2 * len(plans)
    assert {fixed.tone for fixed in plans} == set(range(8))
    assert all(fixed.test and fixed.category == "lower" and len(set(fixed.kinds)) > 1 for fixed in plans)
