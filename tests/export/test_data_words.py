"""Variants of rendered tops: worn as their words say, and true to the same product photo."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

moderngl = pytest.importorskip("moderngl")
pytest.importorskip("anny")

from lookglass_export.data.contact_sheet import warp_product  # noqa: E402
from lookglass_export.data.garments import sample_top  # noqa: E402
from lookglass_export.data.maps import Sample  # noqa: E402
from lookglass_export.data.product import lay_out  # noqa: E402
from lookglass_export.data.sample import make_sample, photograph  # noqa: E402
from lookglass_export.data.scene import (  # noqa: E402
    PersonLayer,
    Studio,
    collar_drawable,
    make_scene,
    wear,
)
from lookglass_export.data.spec import plan  # noqa: E402
from lookglass_export.data.trackers import Trackers  # noqa: E402
from lookglass_export.data.variants import FITS, maps_of, sample_words, vary  # noqa: E402
from lookglass_export.data.words import Words  # noqa: E402

Worn = Callable[[Words], npt.NDArray[np.bool_]]
LONG_SLEEVED_STANDING = 21


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio()


@pytest.fixture(scope="module")
def worn(studio: Studio) -> Worn:
    """Where a shirt with long sleeves is seen on one person, for any words."""
    scene = make_scene(studio, plan("train", LONG_SLEEVED_STANDING), 0.02)
    top = sample_top(np.random.default_rng(0), "long_sleeve")
    plain = wear(studio, scene, top)
    collar = collar_drawable(studio, plain.collar)
    layout = lay_out(np.random.default_rng(1), studio.body, top, plain.collar, 5, False)
    layout, _, _ = photograph(studio, np.random.default_rng(2), plain, collar, layout)
    base = PersonLayer(studio, scene, 0.03).draw(studio.canvas, scene.camera)

    def alpha(words: Words) -> npt.NDArray[np.bool_]:
        made = vary(studio, scene, plain, layout, words, np.random.default_rng(3))
        return np.asarray(maps_of(studio, scene, base, *made, collar, words)["alpha"]) > 127

    return alpha


def lowest(alpha: npt.NDArray[np.bool_]) -> int:
    """The last row in which the middle of the garment is seen."""
    middle = int(np.nonzero(alpha.any(0))[0].mean())
    return int(np.nonzero(alpha[:, middle - 4 : middle + 4].any(1))[0].max())


def test_looser_is_larger_and_comes_lower(worn: Worn) -> None:
    areas = {fit: int(worn(Words(fit)).sum()) for fit in FITS}
    assert areas[-2] < areas[-1] < areas[0] < areas[1] < areas[2]
    assert areas[-2] < 0.95 * areas[0] and areas[2] > 1.15 * areas[0]
    assert lowest(worn(Words(2))) > lowest(worn(Words())) + 2


def test_rolled_sleeves_bare_the_wrists_alone(worn: Worn) -> None:
    plain, rolled = worn(Words()), worn(Words(rolled=True))
    assert 0.03 < (plain & ~rolled).sum() / plain.sum() < 0.3
    assert (rolled & ~plain).sum() < 0.03 * plain.sum()
    assert lowest(rolled) == lowest(plain)


def test_tucked_hems_end_at_the_waist(worn: Worn) -> None:
    assert lowest(worn(Words(tucked=True))) < lowest(worn(Words())) - 4


@pytest.mark.parametrize("index", [3, 9005])
def test_a_variant_is_the_photo_through_its_flow(studio: Studio, index: int) -> None:
    """As for the garment as it comes: where a variant is seen, its photo is, and nowhere else."""
    sample = make_sample(studio, Trackers(), "train", index)
    variant: Sample = dict(sample)
    for name in ("flow", "flow_valid", "coverage", "alpha"):
        variant[name] = sample[f"variant_{name}"]
        assert variant[name].shape == sample[name].shape
        assert variant[name].dtype == sample[name].dtype
    x0, y0, x1, y1 = sample["valid"] // 2
    for k in range(3):
        words = Words.of(sample["variant_words"][k])
        assert words != Words()
        photo = warp_product(variant, k)[y0:y1, x0:x1, 3]
        alpha = variant["alpha"][k][y0:y1, x0:x1]
        solid = alpha == 255
        assert (photo < 128)[solid].mean() < 0.08
        assert ((photo > 128) & (alpha == 0)).sum() < 0.05 * solid.sum()


def test_words_are_drawn_for_what_a_garment_has() -> None:
    rng = np.random.default_rng(0)
    for kind in ("tank", "open_jacket", "shirt"):
        top = sample_top(rng, kind)
        drawn = [sample_words(rng, top) for _ in range(200)]
        assert Words() not in drawn
        assert any(words.rolled for words in drawn) == (top.sleeve > 0.2)
        assert any(words.tucked for words in drawn) == (kind != "open_jacket")


def test_a_row_says_the_words() -> None:
    words = Words(-2, rolled=True)
    assert words.row().tolist() == [-2, 1, 0]
    assert Words.of(words.row()) == words
