"""One training sample of dresses, as `sample` renders one of tops.

What belongs to the camera's frame (pictures, landmarks, masks, parsing, occluders) comes four times: the last
frame shows the same person in a top and trousers or a skirt, in which most customers ask for a dress.
"""

from dataclasses import replace

import numpy as np

from lookglass_export.data.bottoms import SKIRTS, TROUSERS
from lookglass_export.data.dresses import Dress, dress_pieces, sample_dress
from lookglass_export.data.frame import CameraFrame
from lookglass_export.data.garments import undershirt
from lookglass_export.data.layers import Picture, lay, nearest, put_on, reach, reach_below, shaded
from lookglass_export.data.lower_sample import Dressed, full_length_scene, top_over
from lookglass_export.data.maps import (
    Sample,
    coverage_of,
    flow_of,
    labels_of,
    seen_parts,
    stacked,
)
from lookglass_export.data.outfits import briefs_piece, lower_pieces
from lookglass_export.data.pieces import layer_of, photograph_pieces, whole_pieces
from lookglass_export.data.renderer import Layer
from lookglass_export.data.scene import PersonLayer, Scene, Studio
from lookglass_export.data.sold import sample_sold
from lookglass_export.data.spec import plan
from lookglass_export.data.trackers import Trackers


def make_dress_sample(studio: Studio, trackers: Trackers, stream: str, index: int) -> Sample:
    """Render one sample; arguments and arrays as of `sample.make_sample`."""
    fixed = plan(stream, index)
    rng = np.random.default_rng([fixed.rng().integers(2**31), 1])
    dresses = [sample_dress(rng, kind, test=fixed.test) for kind in fixed.kinds]
    thickest = max(dress.bodice.offset for dress in dresses)
    scene = full_length_scene(studio, fixed, rng, bulk=thickest + 0.01)
    scene.bottom = replace(scene.bottom, offset=0.002)
    person = PersonLayer(studio, scene, thickest + 0.012, bottom=False)
    base = person.draw(studio.canvas, scene.camera)
    frame = CameraFrame(studio, scene, person.draw)
    garments, frames = [], []
    for dress in dresses:
        picture, arrays = _worn(studio, scene, base, dress)
        garments.append(arrays)
        frames.append(_seen(picture, trackers, frame))
    frames.append(_seen(_separates(studio, scene, rng, person), trackers, frame))
    sample = stacked(garments) | stacked(frames) | frame.uncovered(shaded(_bare(studio, scene, person)))
    sample["category"] = np.array("dress")
    studio.forget_fabrics()
    sample["factors"] = fixed.factors(scene.light.kind, told_dresses(dresses))
    return sample


def _seen(picture: Picture, trackers: Trackers, frame: CameraFrame) -> Sample:
    """What belongs to one picture of the camera."""
    window = frame.develop(shaded(picture))
    return {"frames": window, **labels_of(picture), **frame.track(trackers, window)}


def _worn(studio: Studio, scene: Scene, base: Layer, dress: Dress) -> tuple[Picture, Sample]:
    """The person in a dress, and what belongs to the dress."""
    pieces, product, parts = photograph_pieces(studio, scene.rng, dress_pieces(studio, scene, dress))
    picture = put_on(base, layer_of(studio, scene, pieces, "top"))
    shells = whole_pieces(studio, pieces)
    return picture, {
        "products": product,
        "product_parts": parts,
        **flow_of(seen_parts(picture), shells),
        **coverage_of(nearest(shells, reach(base))),
    }


def _separates(studio: Studio, scene: Scene, rng: np.random.Generator, person: PersonLayer) -> Picture:
    """The person in a top and a lower garment."""
    lower = sample_sold(rng, str(rng.choice(TROUSERS + SKIRTS)), test=scene.plan.test)
    over = str(rng.choice(["tucked", "over"]))
    top = top_over(rng, over, lower.waist - lower.dip, test=scene.plan.test)
    scene.bottom = replace(scene.bottom, offset=0.002 if over == "tucked" else lower.offset + 0.004)
    dressed = Dressed(studio, scene, person, top).draw(studio.canvas, scene.camera)
    layer = layer_of(studio, scene, lower_pieces(studio, scene, lower), "bottom")
    return lay(dressed, layer, reach_below(dressed, tucked=over == "tucked"))


def _bare(studio: Studio, scene: Scene, person: PersonLayer) -> Picture:
    """The person in the neutral undershirt and shorts of the painted layer."""
    scene.bottom = replace(scene.bottom, offset=0.002)
    shirt = Dressed(studio, scene, person, undershirt()).draw(studio.canvas, scene.camera)
    layer = layer_of(studio, scene, [briefs_piece(studio, scene)], "bottom")
    return lay(shirt, layer, reach_below(shirt, tucked=True))


def told_dresses(dresses: list[Dress]) -> list[dict[str, object]]:
    """What a sample file says of its dresses."""
    return [
        {"kind": dress.kind, "hem": float(dress.skirt.hem), "sleeve": float(dress.bodice.sleeve),
         "fabric": dress.bodice.fabric.kind}
        for dress in dresses
    ]  # fmt: skip
