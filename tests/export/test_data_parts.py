"""The test set's quotas, mesh algebra, collars and filmed sequences."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

pytest.importorskip("moderngl")
pytest.importorskip("anny")

from lookglass_export.data.body import ARM, SIDE, Y
from lookglass_export.data.catalogue import make_catalogue
from lookglass_export.data.collar import build_collar, collar_of, front_base_z
from lookglass_export.data.drape import drape, laid_flat
from lookglass_export.data.finish import CUT_AT, PLAIN
from lookglass_export.data.garments import COLLARED, TOP_KINDS, sample_top
from lookglass_export.data.hair import fuller
from lookglass_export.data.hooded import sample_hooded
from lookglass_export.data.mesh import Array, catmull_clark, normals, rotation, triangles, turn
from lookglass_export.data.motion import MOTIONS, carried
from lookglass_export.data.pose import FRONT_KINDS, Figure
from lookglass_export.data.product import lay_out
from lookglass_export.data.sample import photograph
from lookglass_export.data.scene import Studio, Worn, collar_drawable
from lookglass_export.data.sequence import photograph_top, render_sequence
from lookglass_export.data.spec import CATALOGUES, TEST_SPECS, plan
from lookglass_export.data.tailor import tailored
from lookglass_export.training.geometry_task import PAIRS


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio()


@pytest.mark.parametrize("category", ["upper", "upper, as sold"])
def test_the_test_sets_meet_their_quotas(category: str) -> None:
    spec = TEST_SPECS[category]
    scenes = [plan(spec["stream"], spec["start"] + i) for i in range(spec["count"])]
    pairs = [(s.kinds[worn], s.kinds[wanted]) for s in scenes for worn, wanted in PAIRS]
    assert len(pairs) == len(set(PAIRS)) * spec["count"] == spec["pairs"]
    assert np.mean([s.pose in FRONT_KINDS for s in scenes]) >= 0.15
    assert np.mean([s.framing != "full" for s in scenes]) >= 0.2
    assert np.mean([s.hair == "locks" for s in scenes]) >= 0.15
    assert np.mean([a in COLLARED or b in COLLARED for a, b in pairs]) >= 0.2
    assert {s.tone for s in scenes} == set(range(8))
    assert all(s.test and s.plain == (category == "upper") for s in scenes)


def test_catmull_clark_keeps_a_flat_sheet_flat_and_its_outline_closed() -> None:
    """A 2 x 2 sheet of unit quads becomes 4 x 4 quads in the same plane, inside the same square."""
    points = np.array([[x, 0, z] for z in range(3) for x in range(3)], float)
    quads = np.array(
        [[r * 3 + c, r * 3 + c + 1, r * 3 + c + 4, r * 3 + c + 3] for r in (0, 1) for c in (0, 1)]
    )
    matrix, refined = catmull_clark(len(points), quads)
    new = matrix @ points
    assert refined.shape == (16, 4) and len(new) == 25
    assert np.allclose(matrix.sum(1), 1)
    assert np.allclose(new[:, 1], 0) and new.min() >= 0 and new.max() <= 2
    assert np.allclose(np.abs(normals(new, triangles(refined))[:, 1]), 1)


def test_turn_is_the_rotation_between_two_directions() -> None:
    source, target = np.array([1.0, 2.0, 0.5]), np.array([-0.3, 0.4, 2.0])
    turned = turn(source, target) @ source
    assert np.allclose(turned / np.linalg.norm(turned), target / np.linalg.norm(target))
    assert np.allclose(rotation([0, 0, 1], 90) @ [1, 0, 0], [0, 1, 0])


@pytest.mark.parametrize("kind", ["shirt", "stand", "roll", "hood"])
def test_a_collar_is_even_and_hangs_on_its_garment(studio: Studio, kind: str) -> None:
    collar = build_collar(studio.body, kind, 0.1, 1.0)
    shell = studio.body.meshes["tights"].matrix @ studio.body.mean_vertices
    points = collar.anchors @ shell + collar.offsets
    assert np.allclose(points[:, 0].min(), -points[:, 0].max(), atol=1e-4)
    lifted = collar.anchors @ (shell + np.array([0, 0, 0.1])) + collar.offsets
    assert np.allclose(lifted - points, [0, 0, 0.1], atol=1e-5)


def test_a_stand_reaches_up_the_throat(studio: Studio) -> None:
    """Of the mean body's throat, z 0.550 to 0.586 m at its centre, a high collar hides much."""
    shell = studio.body.meshes["tights"].matrix @ studio.body.mean_vertices
    collar = build_collar(studio.body, "stand", 0.0, 1.0, tilt=0.3)
    points = collar.anchors @ shell + collar.offsets
    front = points[(np.abs(points[:, 0]) < 0.01) & (points[:, 1] < -0.05)]
    assert 0.51 < front[:, 2].min() < front_base_z(0.3) < 0.55 and 0.57 < front[:, 2].max() < 0.61


@pytest.mark.parametrize("kind", TOP_KINDS)
def test_tailoring_keeps_the_kind_and_draws_long_sleeves_out_to_the_hand(kind: str) -> None:
    for seed in range(20):
        plain = sample_top(np.random.default_rng(seed), kind)
        top = tailored(np.random.default_rng(seed), plain)
        assert (top.kind, top.hem) == (kind, plain.hem)
        assert 0 < 2 * np.pi * top.offset < 0.34
        assert top.sleeve == (CUT_AT if plain.sleeve > 0.9 else plain.sleeve)
        ends = top.sleeve + top.finish.longer
        assert 0.97 <= ends <= 1.17 if plain.sleeve > 0.9 else top.finish.longer == 0
        assert top.finish != PLAIN and 0.2 <= top.finish.tilt <= 0.5


def _breadth(studio: Studio, shell: Array, at: float) -> float:
    """Metres across the left sleeve's ring at a place of the arm."""
    place = studio.body.meshes["tights"].attributes
    ring = shell[(place[:, SIDE] > 0.9) & (np.abs(place[:, ARM] - at) < 0.02)]
    return float(np.linalg.norm(ring - ring.mean(0), axis=1).mean() * 2)


def test_cuffs_close_around_the_wrist_and_reach_past_it(studio: Studio) -> None:
    mesh, body = studio.body.meshes["tights"], studio.body.mean_vertices
    plain = sample_top(np.random.default_rng(0), "sweater")
    finish = replace(PLAIN, longer=0.13, cuff=0.005)
    top = replace(plain, sleeve=CUT_AT, ribs=(0.06, 0.06, 0.0, 0.0), finish=finish)
    as_is, closed = (drape(mesh, body, t, offset=0.02, relax=6) for t in (plain, top))
    assert _breadth(studio, closed, 0.84) < 0.8 * _breadth(studio, as_is, 0.84)
    assert _breadth(studio, closed, 0.7) == pytest.approx(_breadth(studio, as_is, 0.7), rel=0.02)
    wrist = studio.body.mean_heads[studio.body.joint("wrist.L")]
    past = np.linalg.norm(closed - wrist, axis=1)[np.abs(mesh.attributes[:, ARM] - CUT_AT) < 0.02].min()
    assert 0.03 < past < 0.08


def test_flat_cloth_is_broader_at_the_chest_than_at_the_neck() -> None:
    """Half a turn of the trunk shows at the chest, while the neck's opening stays as wide as it is."""
    across = np.array([[0.07, 0, 0.55], [0.19, 0, 0.4], [-0.19, 0, 0.4], [0.4, 0, 0.2]])
    flat = laid_flat(across, 1.0)
    np.testing.assert_allclose(flat[0], across[0], atol=0.002)
    np.testing.assert_allclose(np.abs(flat[1:, 0] - across[1:, 0]), 0.085)
    np.testing.assert_array_equal(laid_flat(across, 0.0), across)


def test_a_catalogue_shows_the_inside_of_necks_but_not_outside_them(studio: Studio) -> None:
    """Each piece of inner back of any size is held by the garment on its left and right."""
    page = make_catalogue(studio, "catalogue", 2)
    again = make_catalogue(studio, "catalogue", 2)
    np.testing.assert_array_equal(page["products"], again["products"])
    assert page["products"].shape == (3, 256, 256, 4) and page["product_parts"].shape == (3, 256, 256)
    for parts in page["product_parts"]:
        ys, xs = np.nonzero(parts == 5)
        garment = np.nonzero(parts.any(0))[0]
        assert len(ys) > 20
        assert garment.min() < xs.min() and xs.max() < garment.max()


@pytest.mark.parametrize("sort", CATALOGUES)
def test_every_catalogue_shows_three_garments_in_their_frames(studio: Studio, sort: str) -> None:
    page = make_catalogue(studio, sort, 3)
    kinds = [garment["kind"] for garment in json.loads(str(page["factors"]))["garments"]]
    assert len(kinds) == len(page["products"]) == len(page["product_parts"]) == 3
    for alpha, parts in zip(page["products"][..., 3], page["product_parts"], strict=True):
        assert (parts == 1).sum() > 1000
        assert ((parts > 0) == (alpha > 127)).mean() > 0.995
        assert not (alpha[0].any() or alpha[-1].any() or alpha[:, 0].any() or alpha[:, -1].any())


@pytest.mark.parametrize("collar", ["hood", "raised"])
@pytest.mark.parametrize("seed", range(3))
def test_a_hood_shows_its_inside_within_its_rim(studio: Studio, collar: str, seed: int) -> None:
    """In the photo of a hoodie that is closed, collar goes all around what is seen of the inside."""
    rng = np.random.default_rng(seed)
    top = replace(sample_hooded(rng, "hoodie"), collar=collar)
    hood = collar_of(studio.body, top)
    layout = lay_out(rng, studio.body, top, hood, 5, False)
    worn = Worn(top, layout.shell, hood, layout.collar, None)
    _, _, parts = photograph(studio, rng, worn, collar_drawable(studio, hood), layout)
    _, pieces, stats, _ = cv2.connectedComponentsWithStats((parts[:128] == 5).astype(np.uint8))
    inside = pieces == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()
    around = cv2.dilate(inside.astype(np.uint8), np.ones((5, 5))).astype(bool) & ~inside
    assert inside.sum() > 60
    assert (parts[:128][around] == 4).mean() > 0.75 and (parts[:128][around] == 0).mean() < 0.1


def tracked(studio: Studio, motion: str) -> np.ndarray:
    """(T, B, 3) joints of the mean body in metres through 2.5 s of a motion."""
    body = studio.body
    figure = Figure(body, body.mean_vertices, body.mean_heads)
    poses = MOTIONS[motion](figure, 75)
    track = carried(body.bones, [body.bones_at(figure.heads, pose) for pose in poses])
    return np.stack([bones.joints for bones in track])


def test_a_walk_goes_forward_and_its_standing_foot_does_not_slide(studio: Studio) -> None:
    """But for the moment at which the weight goes from foot to foot, when both move a little."""
    joints = tracked(studio, "walk")
    feet = joints[:, [studio.body.joint("foot.L"), studio.body.joint("foot.R")]]
    assert -2.0 < joints[-1, 0, 1] - joints[0, 0, 1] < -0.8
    slid = np.linalg.norm(np.diff(feet[..., :2], axis=0), axis=2).min(1)
    assert slid.max() < 0.03 and np.median(slid) < 0.002


def test_an_arm_raise_moves_the_left_arm_alone(studio: Studio) -> None:
    joints = tracked(studio, "arm_raise")
    left, right = (joints[:, studio.body.joint(f"wrist.{side}")] for side in "LR")
    shoulder = joints[:, studio.body.joint("upperarm01.L")]
    assert (left - shoulder)[:, 2].max() > 0.2 and (left - shoulder)[0, 2] < -0.4
    assert np.allclose(left[0], left[-1], atol=1e-6) and np.allclose(right, right[0])


@pytest.mark.parametrize(("size", "motion"), [((160, 90), "walk"), ((90, 160), "arm_raise")])
def test_a_sequence_shows_somebody_in_a_room(studio: Studio, size: tuple[int, int], motion: str) -> None:
    layout, product = photograph_top(studio, 1)
    shots = list(render_sequence(studio, motion, seed=1, frames=2, size=size, layout=layout))
    assert [s.image.shape for s in shots] == [(*size[::-1], 3)] * 2
    place = shots[0].place[np.isfinite(shots[0].place).all(-1)]
    column, row = np.rint((place.T + 1) * 128 - 0.5).astype(int).clip(0, 255)
    assert len(place) > 100 and (product[row, column, 3] > 127).mean() > 0.97
    joints = shots[0].joints
    assert (joints >= 0).all() and (joints < size).all()
    tall = joints[:, 1].max() - joints[studio.body.joint("head"), 1]
    assert 0.5 < tall / size[1] < 0.9


def test_hair_gains_volume_behind_the_face_alone(studio: Studio) -> None:
    mesh = studio.body.meshes["hair"]
    shell = np.asarray(mesh.matrix @ studio.body.mean_vertices)
    moved = [np.linalg.norm(fuller(np.random.default_rng(s), mesh, shell) - shell, axis=1) for s in range(12)]
    assert 2 < sum(m.max() == 0 for m in moved) < 10
    assert 0.01 < max(m.max() for m in moved) < 0.09
    assert all(m[mesh.attributes[:, Y] < -0.12].max(initial=0) < 1e-6 for m in moved)
