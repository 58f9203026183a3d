"""Lower garments as sold: broader in photos, washed, over shoes, under jackets; those of tests stay plain."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("moderngl")
pytest.importorskip("anny")

from lookglass_export.data.body import SIDE, Z
from lookglass_export.data.bottoms import SKIRTS, TROUSERS, Lower, sample_lower
from lookglass_export.data.legwear import Stand, hung, trousers
from lookglass_export.data.lower_sample import top_over
from lookglass_export.data.mesh import rotation
from lookglass_export.data.outfits import lower_pieces
from lookglass_export.data.pose import BESIDE, Figure, sample_pose
from lookglass_export.data.scene import Studio, make_scene
from lookglass_export.data.shoes import sample_shoes
from lookglass_export.data.sold import sample_sold, sold
from lookglass_export.data.spec import plan


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio()


def _jeans(seed: int = 3) -> Lower:
    return sample_lower(np.random.default_rng(seed), "jeans")


def test_tests_keep_plain_garments_and_shoes() -> None:
    for kind in TROUSERS + SKIRTS:
        plain = sample_sold(np.random.default_rng(5), kind, test=True)
        assert (plain.broad, plain.drop, plain.wash) == (1.0, 0.0, (0.0,) * 4)
    assert sample_shoes(np.random.default_rng(5), test=True).sewn == (0.0, 0.0, 0.0, 9.0)


def test_long_trousers_reach_the_ankle_and_only_denim_is_washed() -> None:
    rng = np.random.default_rng(1)
    for kind in TROUSERS + SKIRTS:
        lower = sold(rng, sample_lower(rng, kind))
        if kind in ("jeans", "chinos", "suit", "wide", "flared"):
            assert lower.hem >= 0.94
        assert any(lower.wash) == (lower.fabric.kind == "denim")


def test_a_photo_is_as_much_broader_as_it_says(studio: Studio) -> None:
    """The same draws with another breadth: a taller bounding box for its width, the worn shell untouched."""
    shapes, shells = [], []
    for broad in (1.0, 1.3):
        scene = make_scene(studio, plan("lower", 0), 0.02)
        scene.rng = np.random.default_rng(2)
        piece = lower_pieces(studio, scene, replace(_jeans(), broad=broad))[0]
        hips = piece.place[np.abs(studio.trousers.attributes[:, SIDE]) < 0.3]
        shapes.append(np.ptp(hips[:, 0]))
        shells.append(piece.shell)
    assert 1.2 < shapes[1] / shapes[0] < 1.4
    assert np.array_equal(*shells)


def test_the_crotch_alone_hangs_lower(studio: Studio) -> None:
    body, mesh = studio.body, studio.trousers
    high, low = (
        trousers(body, mesh, body.mean_vertices, body.mean_heads, replace(_jeans(), drop=drop))
        for drop in (0.0, 0.04)
    )
    moved = high[:, 2] - low[:, 2]
    crotch = np.abs(mesh.attributes[:, :3] - [0, 0, -0.06])[:, [0, 2]].max(1) < 0.01
    assert moved[crotch].min() > 0.03
    assert moved[np.abs(mesh.attributes[:, Z] - 0.1) < 0.02].max() < 0.001


def test_a_skirt_turns_with_the_hips(studio: Studio) -> None:
    """The ring of a body turned to the left is the ring of the body before, turned to the left."""
    body, skirt = studio.body, sample_lower(np.random.default_rng(3), "a_line")
    rings = []
    for degrees in (0.0, 25.0):
        turn = rotation([0, 0, 1], degrees)
        bones = body.bones_at(body.mean_heads, {"root": turn})
        stand = Stand(body, body.mean_vertices, body.mean_heads, bones, np.deg2rad(degrees))
        rings.append((hung(stand, skirt) - bones.joints[0]) @ turn)
    assert np.abs(rings[1] - rings[0]).max() < 0.002


def test_hands_beside_stay_off_the_thigh(studio: Studio) -> None:
    """A wrist hangs no deeper in the legs' shell than the clothes that it leaves room for."""
    body = studio.body
    for seed in range(6):
        rest, heads = body.rest(seed, test=False)
        figure = Figure(body, rest, heads)
        pose = sample_pose(np.random.default_rng(seed), figure, BESIDE, bulk=0.03)
        bones = body.bones_at(heads, {k: v for k, v in pose.rotations.items() if "arm" in k})
        legs = rest[np.abs(body.meshes["body"].attributes[:, SIDE]) < 0.3]
        for side in ".L", ".R":
            wrist = bones.joints[body.joint(f"wrist{side}")]
            assert np.linalg.norm(legs - wrist, axis=1).min() > 0.03


def test_a_jacket_is_worn_over_what_is_tucked_in() -> None:
    """Over the waist a jacket ends, what is worn under it goes on below the waistband."""
    top = next(
        top
        for top in (top_over(np.random.default_rng(s), "over", 0.1, test=False) for s in range(60))
        if top.inner is not None
    )
    assert top.inner is not None and top.inner.hem < 0.1 - 0.04
