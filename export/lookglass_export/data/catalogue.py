"""Product photos alone: many garments for the parser at a fifth of what a dressed scene takes."""

import json
from collections.abc import Callable

import numpy as np

from lookglass_export.data.bottoms import sample_lower
from lookglass_export.data.collar import collar_of
from lookglass_export.data.dress_sample import told_dresses
from lookglass_export.data.dresses import dress_pieces, sample_dress
from lookglass_export.data.garments import Top, sample_top
from lookglass_export.data.hooded import hooded_kinds, sample_hooded
from lookglass_export.data.lower_sample import told_lowers
from lookglass_export.data.maps import U8, Sample
from lookglass_export.data.outfits import lower_pieces
from lookglass_export.data.pieces import Piece, photograph_pieces
from lookglass_export.data.product import lay_out
from lookglass_export.data.sample import photograph, told_tops
from lookglass_export.data.scene import Studio, Worn, collar_drawable, make_scene
from lookglass_export.data.sold import sample_sold
from lookglass_export.data.spec import CATALOGUES, STREAMS, plan
from lookglass_export.data.tailor import tailored

Told = list[dict[str, object]]
Page = tuple[list[tuple[U8, U8]], Told]


def make_catalogue(studio: Studio, sort: str, index: int) -> Sample:
    """Photograph three training garments.

    Args:
        studio: the process's body and canvases.
        sort: of `spec.CATALOGUES`.
        index: number of the page; garments are of the kinds of the scene of that number, not the same ones.

    Returns:
        "products" (3, 256, 256, 4) uint8 RGBA, "product_parts" (3, 256, 256) uint8, and "factors".
    """
    salt = list(CATALOGUES).index(sort)
    rng = np.random.default_rng([STREAMS[CATALOGUES[sort]], index, 7, *([salt] if salt else [])])
    pages = {"catalogue_lower": _lowers, "catalogue_dress": _dresses}
    photos, told = pages[sort](studio, index, rng) if sort in pages else _tops(studio, sort, index, rng)
    studio.forget_fabrics()
    products, parts = zip(*photos, strict=True)
    factors = np.array(json.dumps({"garments": told}))
    return {"products": np.stack(products), "product_parts": np.stack(parts), "factors": factors}


def _tops(studio: Studio, sort: str, index: int, rng: np.random.Generator) -> Page:
    make: Callable[[np.random.Generator, str], Top] = {
        "catalogue": lambda rng, kind: tailored(rng, sample_top(rng, kind)),
        "catalogue_plain": sample_top,
        "catalogue_hoods": sample_hooded,
    }[sort]
    kinds = hooded_kinds(rng) if sort == "catalogue_hoods" else plan("train", index).kinds
    photos, tops = [], []
    for kind in kinds:
        top = make(rng, kind)
        collar = collar_of(studio.body, top)
        layout = lay_out(rng, studio.body, top, collar, int(rng.integers(10**6)), False)
        worn = Worn(top, layout.shell, collar, layout.collar, None)
        photos.append(photograph(studio, rng, worn, collar_drawable(studio, collar), layout)[1:])
        tops.append(top)
    return photos, told_tops(tops)


def _lowers(studio: Studio, index: int, rng: np.random.Generator) -> Page:
    fixed = plan("lower", index)
    # Every other page lies as narrow as it is worn: shops photograph both.
    sample = sample_sold if index % 2 else sample_lower
    lowers = [sample(rng, kind, test=False) for kind in fixed.kinds]
    scene = make_scene(studio, fixed, 0.02)
    photos = [_photo(studio, rng, lower_pieces(studio, scene, lower)) for lower in lowers]
    return photos, told_lowers(lowers)


def _dresses(studio: Studio, index: int, rng: np.random.Generator) -> Page:
    fixed = plan("dress", index)
    dresses = [sample_dress(rng, kind) for kind in fixed.kinds]
    scene = make_scene(studio, fixed, 0.02)
    photos = [_photo(studio, rng, dress_pieces(studio, scene, dress)) for dress in dresses]
    return photos, told_dresses(dresses)


def _photo(studio: Studio, rng: np.random.Generator, pieces: list[Piece]) -> tuple[U8, U8]:
    return photograph_pieces(studio, rng, pieces)[1:]
