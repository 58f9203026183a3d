"""A simulated top hangs outside the body, keeps its lengths, is the same every time, and bakes into folds."""

import cv2
import numpy as np
import pytest

from lookglass.finish.folds import SIDE
from lookglass_export.data.body import Body
from lookglass_export.data.mesh import Array, normals
from lookglass_export.folds.bake import boxed, folds_of
from lookglass_export.folds.cloth import Stuff, hinges_of
from lookglass_export.folds.command import drape, tiles
from lookglass_export.folds.pattern import TEE, Cloth, sew

EDGE_M, RATE = 0.03, 60
Worn = tuple[Array, Cloth, Array]


@pytest.fixture(scope="module")
def body() -> Body:
    return Body()


@pytest.fixture(scope="module")
def worn(body: Body) -> Worn:
    return drape(body, TEE, Stuff(), EDGE_M, rate=RATE)


def test_panels_are_sewn_at_their_seams_and_open_elsewhere() -> None:
    """A shirt without its four openings is a sphere: Euler's number is 2 less one for each of them."""
    cloth = sew(TEE, EDGE_M, np.random.default_rng(1))
    edges, hinges, _ = hinges_of(np.pad(cloth.flat, ((0, 0), (0, 1))), cloth.faces)
    assert len(cloth.flat) - len(edges) + len(cloth.faces) == 2 - 4
    assert len(edges) > len(hinges)  # Some edges have cloth on one side only.
    assert set(np.unique(cloth.parts)) == {0, 1, 2}


def test_flat_cloth_does_not_bend() -> None:
    cloth = sew(TEE, EDGE_M, np.random.default_rng(1))
    rest = np.pad(cloth.flat, ((0, 0), (0, 1)))
    _, hinges, weights = hinges_of(rest, cloth.faces)
    one_panel = (cloth.side[hinges] <= 0).all(1) & (cloth.side[hinges] < 0).any(1)
    bent = np.einsum("hk,hkd->hd", weights, rest[hinges])[one_panel]
    assert np.percentile(np.abs(bent), 90) < 1e-6 * np.abs(weights).max()


def test_cloth_hangs_outside_the_body(worn: Worn, body: Body) -> None:
    vertices, _, posed = worn
    assert np.isfinite(vertices).all()
    faces = body.meshes["tights"].faces
    nearest = ((vertices[:, None] - posed[None, ::4]) ** 2).sum(2).argmin(1) * 4
    depth = np.einsum("ij,ij->i", vertices - posed[nearest], normals(posed, faces)[nearest])
    assert (depth > -0.01).mean() > 0.99


def test_cloth_keeps_its_lengths(worn: Worn) -> None:
    vertices, cloth, _ = worn
    flat = np.pad(cloth.flat, ((0, 0), (0, 1)))
    edges, _, _ = hinges_of(flat, cloth.faces)
    rest, now = (np.linalg.norm(v[edges[:, 0]] - v[edges[:, 1]], axis=1) for v in (flat, vertices))
    assert abs(np.median(now / rest) - 1) < 0.01
    assert np.percentile(now / rest, 90) < 1.05


def test_the_same_seed_drapes_the_same(worn: Worn, body: Body) -> None:
    np.testing.assert_array_equal(drape(body, TEE, Stuff(), EDGE_M, rate=RATE)[0], worn[0])


def test_folds_bake_about_nought_and_end_at_the_rim(worn: Worn) -> None:
    for tile in tiles(*worn[:2]):
        assert tile.shape == (SIDE, SIDE)
        assert np.abs(tile).max() <= 1
        assert abs(tile.mean()) < 0.03
        assert np.ptp(tile) > 0.3
        np.testing.assert_allclose(tile[[0, -1]], 0, atol=1e-6)


def test_a_ridge_is_light_towards_the_light_and_dark_behind() -> None:
    """It lies upright, and light comes from the left of the picture; a slope alone has no folds."""
    x = np.linspace(-0.15, 0.15, 200)[None].repeat(200, 0)
    there = np.ones_like(x, bool)
    ridge, _ = folds_of(0.008 * np.exp(-((x / 0.01) ** 2)), there)
    slope, _ = folds_of(0.2 * x, there)
    assert ridge[100, 93] > ridge[100, 107] + 0.2
    assert np.abs(slope[40:160, 40:160]).max() < 0.02


def test_a_box_shows_what_lies_in_it() -> None:
    folds = cv2.GaussianBlur((np.indices((80, 60))[1] > 30).astype(np.float32) * 2 - 1, (0, 0), 1)
    tile = boxed(0.3 * folds, np.ones_like(folds), np.array([[1 / 60, 0, 0], [0, 1 / 80, 0]]), 64)
    assert tile[32, 16] < -0.2 and tile[32, 48] > 0.2
