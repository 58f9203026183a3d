"""Dresses: two pieces of cloth that must be one garment in the photo, on the body, and in its truth."""

import json

import cv2
import numpy as np
import pytest

moderngl = pytest.importorskip("moderngl")
pytest.importorskip("anny")

from lookglass_export.data.body import PARSE  # noqa: E402
from lookglass_export.data.contact_sheet import warp_product  # noqa: E402
from lookglass_export.data.dress_sample import make_dress_sample  # noqa: E402
from lookglass_export.data.maps import Sample  # noqa: E402
from lookglass_export.data.scene import Studio  # noqa: E402
from lookglass_export.data.spec import TEST_SPECS, plan  # noqa: E402
from lookglass_export.data.trackers import Trackers  # noqa: E402


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    studio, trackers = Studio(), Trackers()
    return [make_dress_sample(studio, trackers, "dress", index) for index in (14, 18)]


def test_product_through_flow_is_the_garment(samples: list[Sample]) -> None:
    for sample in samples:
        for k in range(3):
            warped = warp_product(sample, k)
            solid = sample["alpha"][k] == 255
            assert solid.sum() > 400
            assert (warped[..., 3] < 128)[solid].mean() < 0.03
            assert ((warped[..., 3] > 128) & (sample["alpha"][k] == 0)).sum() < 0.03 * solid.sum()


def test_bodice_and_skirt_are_sewn_together(samples: list[Sample]) -> None:
    """The photo shows one piece, from the neck to the hem, as long as the frame is high or as wide."""
    for sample in samples:
        for product in sample["products"]:
            count, _ = cv2.connectedComponents((product[..., 3] > 127).astype(np.uint8))
            assert count == 2  # The ground and the dress.
            ys, xs = np.nonzero(product[..., 3] > 127)
            assert max(np.ptp(ys), np.ptp(xs)) == pytest.approx(256 / 1.08, abs=6)


def test_the_last_frame_shows_a_top_and_a_lower_garment(samples: list[Sample]) -> None:
    for sample in samples:
        assert len(sample["frames"]) == len(sample["landmarks"]) == len(sample["parse"]) == 4
        assert len(sample["products"]) == len(sample["flow"]) == 3
        assert not (sample["parse"][:3] == PARSE.index("bottom")).any()
        for name in ("top", "bottom"):
            assert (sample["parse"][3] == PARSE.index(name)).sum() > 100


def test_plans_hold_every_kind_and_tone() -> None:
    spec = TEST_SPECS["dress"]
    plans = [plan(spec["stream"], index) for index in range(spec["count"])]
    assert {fixed.tone for fixed in plans} == set(range(8))
    assert {kind for fixed in plans for kind in fixed.kinds} == {
        "sheath",
        "shift",
        "a_line",
        "empire",
        "fit_flare",
    }
    assert all(fixed.test and fixed.category == "dress" for fixed in plans)


def test_factors_name_the_dresses(samples: list[Sample]) -> None:
    factors = json.loads(str(samples[0]["factors"]))
    assert [garment["kind"] for garment in factors["garments"]] == list(plan("dress", 14).kinds)
    assert str(samples[0]["category"]) == "dress"
