"""Product photos alone: many garments for the parser at a fifth of what a dressed scene takes."""

import numpy as np

from lookglass_export.data.collar import collar_of
from lookglass_export.data.garments import sample_top
from lookglass_export.data.product import lay_out
from lookglass_export.data.sample import Sample, photograph
from lookglass_export.data.scene import Studio, Worn, collar_drawable
from lookglass_export.data.spec import STREAMS, plan
from lookglass_export.data.tailor import tailored


def make_catalogue(studio: Studio, index: int) -> Sample:
    """Photograph three training garments.

    Args:
        studio: the process's body and canvases.
        index: number of the page; garments are of the kinds of the scene of that number, not the same ones.

    Returns:
        "products" (3, 256, 256, 4) uint8 RGBA and "product_parts" (3, 256, 256) uint8.
    """
    rng = np.random.default_rng([STREAMS["train"], index, 7])
    pages = []
    for kind in plan("train", index).kinds:
        top = tailored(rng, sample_top(rng, kind))
        collar = collar_of(studio.body, top)
        layout = lay_out(rng, studio.body, top, collar, int(rng.integers(10**6)), False)
        worn = Worn(top, layout.shell, collar, layout.collar, None)
        pages.append(photograph(studio, rng, worn, collar_drawable(studio, collar), layout)[1:])
    studio.forget_fabrics()
    products, parts = zip(*pages, strict=True)
    return {"products": np.stack(products), "product_parts": np.stack(parts)}
