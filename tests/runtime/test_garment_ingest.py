"""Taking garments in: the frame, the parts, what is refused and in which words."""

import time
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest
from garment_photos import SKIRT, TEE, TROUSERS, photo, silhouette
from onnxruntime import InferenceSession

from lookglass import pictures
from lookglass.errors import GarmentError
from lookglass.garment.collar import keep_at_neck
from lookglass.garment.frame import MARGIN, MAX_TEXTURE, garment_frame
from lookglass.garment.ingest import _is_worn, ingest
from lookglass.garment.neck import opening_line
from lookglass.garment.parts import GRID, hide_inner_collar, parse
from lookglass.person.graph import Graph
from lookglass.person.tracker import PersonTracker
from lookglass.types import F32, GARMENT_LABELS, U8, Crop, Person

GARMENTS = Path(pictures.__file__).parent / "demo_assets" / "garments"
PEOPLE = GARMENTS.parent / "people"
NEAR_WHITE = (228, 230, 230)


def parser(rgba: F32) -> Mapping[str, F32]:
    """Labels by place, as a parsed T-shirt's would lie: a collar at the top, sleeves at the sides."""
    labels = np.full((1, len(GARMENT_LABELS), GRID, GRID), 1e-3, np.float32)
    labels[0, 1] = 0.05
    labels[0, 2, :64, 96:] = labels[0, 3, :64, :32] = labels[0, 5, :20, 48:80] = 1
    return {"labels": labels}


def tee(ground: tuple[int, int, int] = NEAR_WHITE, size: int = 500) -> U8:
    return photo(silhouette(TEE, size), cloth=(150, 60, 40), ground=ground)


def test_garment_is_complete() -> None:
    garment = ingest(tee(), parser=parser, name="tee")
    side = len(garment.texture)
    assert garment.name == "tee" and garment.category == "upper"
    assert garment.texture.shape == (side, side, 4) and garment.texture.dtype == np.uint8
    assert garment.parts.shape == (GRID, GRID) and garment.parts.dtype == np.uint8
    assert garment.pixels.shape == (1, 9, GRID, GRID) and garment.pixels.dtype == np.float32
    assert garment.pixels.min() >= 0 and garment.pixels.max() <= 1


def test_bounding_box_is_centred_and_fills_the_frame() -> None:
    alpha = cv2.resize(ingest(tee(), parser=parser).pixels[0, 3], (1080, 1080))
    x, y, width, height = cv2.boundingRect((alpha > 0.5).astype(np.uint8))
    assert max(width, height) == pytest.approx(1080 / MARGIN, abs=12)
    assert x + width / 2 == pytest.approx(540, abs=8) and y + height / 2 == pytest.approx(540, abs=8)


def test_pixels_are_what_the_encoder_expects() -> None:
    garment = ingest(tee(), parser=parser)
    alpha, rgb = garment.pixels[0, 3], garment.pixels[0, :3]
    inside = alpha > 0.99
    assert np.allclose(rgb[:, inside].mean(1) * 255, (40, 60, 150), atol=6)
    assert rgb[:, alpha == 0].max() == 0
    assert np.allclose(garment.pixels[0, 4:].sum(0), alpha, atol=1e-5)
    assert (garment.parts[alpha == 0] == 0).all() and (garment.parts[inside] > 0).all()


def test_inner_back_collar_is_seen_by_the_encoder_and_never_drawn() -> None:
    garment = ingest(tee(), parser=parser)
    side = len(garment.texture)
    assert garment.pixels[0, 8].max() > 0.5
    within = cv2.erode((garment.pixels[0, 8] > 0.9).astype(np.uint8), np.ones((3, 3))) > 0
    hidden = cv2.resize(garment.texture[..., 3], (GRID, GRID))[within]
    assert hidden.size and hidden.max() < 10
    assert garment.texture[side // 2, side // 2, 3] == 255


def test_opening_has_a_smooth_and_soft_edge() -> None:
    """Labels that end in a ragged line give an edge within a cell or two of it, and no thread above it."""
    texture = np.full((512, 512, 4), 255, np.uint8)
    texture[:64] = texture[:, :64] = texture[:, 448:] = 0
    labels = np.zeros((6, GRID, GRID), np.float32)
    labels[0, :16] = labels[0, :, :16] = labels[0, :, 112:] = 1
    end = 40 + np.random.default_rng(0).integers(-1, 2, GRID)
    inner = (np.arange(GRID)[:, None] < end) & (np.abs(np.arange(GRID) - 64) < 20) & (labels[0] == 0)
    labels[5], labels[1] = inner, ~inner & (labels[0] == 0)
    alpha = hide_inner_collar(texture, labels)[..., 3].astype(int)
    assert alpha[:140, 200:310].max() == 0 and alpha[185:, 200:310].min() == 255
    edge = (alpha[:, 210:300] < 128).sum(0)
    assert np.abs(np.diff(edge)).max() <= 2 and np.ptp(edge) < 8
    assert ((alpha[:, 256] > 0) & (alpha[:, 256] < 255)).sum() >= 2


def test_inner_collar_elsewhere_is_torso() -> None:
    """The parser sometimes suspects a lining at the hem; only what hangs from the neck's edge is one."""
    labels = np.zeros((6, GRID, GRID), np.float32)
    labels[0] = 1
    labels[0, 20:110, 20:108], labels[1, 20:110, 20:108] = 0, 1
    for rows, columns, sure in ((slice(20, 40), slice(50, 78), 1), (slice(100, 110), slice(40, 90), 0.6)):
        labels[1, rows, columns], labels[5, rows, columns] = 1 - sure, sure
    tidy = keep_at_neck(labels)
    assert tidy[5, 30, 64] == 1 and tidy[5, 100:].max() < 1e-6 and tidy[1, 105, 64] == pytest.approx(1)
    assert np.allclose(tidy.sum(0), 1)


@pytest.mark.parametrize(("top", "collar", "kept"), [(28, 4, True), (28, 1, False), (60, 4, False)])
def test_a_hood_goes_on_above_its_opening(top: int, collar: int, kept: bool) -> None:
    """What front collar surrounds near the upper edge is the inside of a hood; what cloth does is a stain."""
    labels = np.zeros((6, GRID, GRID), np.float32)
    labels[0] = 1
    labels[0, 20:110, 20:108], labels[1, 20:110, 20:108] = 0, 1
    labels[1, top - 6 : top + 16, 44:84], labels[collar, top - 6 : top + 16, 44:84] = 0, 1
    labels[collar, top : top + 10, 52:76], labels[5, top : top + 10, 52:76] = 0, 1
    tidy = keep_at_neck(labels)
    assert tidy[5, top + 5, 64] == kept and np.allclose(tidy.sum(0), 1)


def test_the_back_of_a_hood_is_cut_away_behind_the_head() -> None:
    """In a jacket that hangs open, the opening begins below the hood, which nobody wears before a face."""
    texture = np.full((512, 512, 4), 200, np.uint8)
    texture[..., 3] = 0
    texture[60:480, 60:450, 3] = 255
    texture[110:480, 220:290, :3] = 40
    labels = np.zeros((6, GRID, GRID), np.float32)
    labels[0] = 1
    labels[0, 15:120, 15:112], labels[1, 15:120, 15:112] = 0, 1
    labels[1, 27:120, 55:72], labels[5, 27:120, 55:72] = 0, 1
    alpha = hide_inner_collar(texture, labels)[..., 3]
    assert alpha[62:470, 225:285].max() == 0 and alpha[70:470, 80:200].min() == 255


def test_parser_is_asked_both_ways_round() -> None:
    """Sleeves keep their sides when the garment is shown mirrored."""
    texture = np.full((256, 256, 4), 255, np.uint8)
    labels = parse(texture, parser=parser)
    assert labels[2, 50, 110] > 0.4 and labels[3, 50, 15] > 0.4
    assert np.allclose(labels[2, 4:60, 100:124], labels[3, 4:60, 4:28][:, ::-1], atol=1e-5)


def test_background_is_exactly_where_the_texture_is_transparent() -> None:
    texture = np.zeros((256, 256, 4), np.uint8)
    texture[64:192, 64:192] = 255
    labels = parse(texture, parser=parser)
    assert np.allclose(labels.sum(0), 1, atol=1e-5)
    assert np.array_equal(labels[0] == 1, labels[1:].sum(0) == 0)


@pytest.mark.parametrize("ground", [NEAR_WHITE, (140, 180, 205), (40, 110, 30)])
def test_grounds(ground: tuple[int, int, int]) -> None:
    covered = ingest(tee(ground), parser=parser).pixels[0, 3].mean()
    assert covered == pytest.approx(ingest(tee(), parser=parser).pixels[0, 3].mean(), rel=0.02)


def test_transparent_picture_is_taken_as_cut_out() -> None:
    alpha = silhouette(TEE, 500)
    picture = np.dstack([tee(), np.rint(alpha * 255).astype(np.uint8)])
    picture[alpha == 0, :3] = (0, 255, 0)
    garment = ingest(picture, parser=parser)
    edge = (garment.texture[..., 3] > 0) & (garment.texture[..., 3] < 255)
    assert edge.any() and (garment.texture[edge][:, 1] < 110).all()


def test_a_small_cut_out_is_enlarged_without_rings() -> None:
    """Cubic interpolation overshoots beside an edge; as a byte that would be transparent."""
    picture = np.zeros((120, 120, 4), np.uint8)
    picture[20:100, 30:90] = 255
    alpha = ingest(picture, parser=parser, category="upper").texture[..., 3]
    row = alpha[len(alpha) * 3 // 4].astype(int)
    assert row.max() == 255 and (np.diff(row[: len(row) // 2]) >= 0).all()


def test_opaque_alpha_channel_is_no_cut_out() -> None:
    picture = np.dstack([tee(), np.full((500, 500), 255, np.uint8)])
    assert ingest(picture, parser=parser).pixels[0, 3].mean() < 0.6


@pytest.mark.parametrize("shape", [TROUSERS, SKIRT])
def test_a_category_is_guessed_told_or_refused(shape: list[tuple[int, int]]) -> None:
    picture = photo(silhouette(shape, 500), cloth=(90, 50, 30), ground=NEAR_WHITE)
    assert ingest(picture, parser=parser).category == "lower"
    assert ingest(picture, parser=parser, category="dress").category == "dress"
    with pytest.raises(GarmentError, match="shows a lower garment; this bundle knows categories upper only"):
        ingest(picture, parser=parser, categories=["upper"])
    with pytest.raises(GarmentError, match="'hat' is no category"):
        ingest(picture, parser=parser, category="hat")


@pytest.mark.parametrize(
    "picture",
    [
        photo(np.zeros((400, 400), np.float32), cloth=(0, 0, 0), ground=NEAR_WHITE),
        np.zeros((300, 300, 4), np.uint8),
        np.full((50, 80, 3), 255, np.uint8),
    ],
    ids=["bare ground", "all transparent", "all white"],
)
def test_empty_cut_out_is_refused(picture: U8) -> None:
    with pytest.raises(GarmentError, match="No garment stands out in my photo"):
        ingest(picture, parser=parser, name="my photo")


def somebody(presence: float, tone: tuple[float, float, float]) -> Person:
    return Person(
        landmarks=np.zeros((33, 5), np.float32),
        crop=Crop(1, (0, 0)),
        picture=np.zeros((256, 256, 3), np.uint8),
        mask=np.zeros((256, 256), np.float32),
        tone=np.array(tone, np.float32),
        presence=presence,
    )


SKIN, CLOTH = (0.62, 0.44, 0.33), (0.73, 0.80, 0.90)


@pytest.mark.parametrize(("presence", "tone"), [(0.999, SKIN), (0.9, SKIN), (0.98, CLOTH)])
def test_worn_garment_is_refused(presence: float, tone: tuple[float, float, float]) -> None:
    with pytest.raises(GarmentError, match="Somebody wears"):
        ingest(tee(), parser=parser, detector=lambda _: somebody(presence, tone))


@pytest.mark.parametrize("person", [None, somebody(0.7, SKIN), somebody(0.9, CLOTH)])
def test_person_seen_in_a_flat_garment_is_none(person: Person | None) -> None:
    assert ingest(tee(), parser=parser, detector=lambda _: person).category == "upper"


def test_busy_ground_is_refused() -> None:
    street = np.random.default_rng(0).integers(0, 255, (12, 12, 3), dtype=np.uint8)
    street = cv2.resize(street, (500, 500), interpolation=cv2.INTER_CUBIC)
    with pytest.raises(GarmentError, match="plain ground"):
        ingest(street, parser=parser)


@pytest.fixture(scope="module")
def tracker() -> PersonTracker:
    files = {"detector": "pose_detector", "landmarks": "pose_landmarks", "mask": "person_mask"}
    folder = GARMENTS.parent.parent / "bundles" / "default"
    return PersonTracker(**{stage: run_graph(folder / f"{file}.onnx") for stage, file in files.items()})


def run_graph(file: Path) -> Graph:
    session = InferenceSession(file, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return lambda **inputs: dict(zip(names, session.run(None, inputs), strict=True))


@pytest.mark.parametrize("file", sorted(PEOPLE.glob("*.*")), ids=lambda file: file.stem)
def test_packaged_people_are_no_garments(file: Path, tracker: PersonTracker) -> None:
    with pytest.raises(GarmentError, match="Somebody wears"):
        ingest(pictures.read(file), parser=parser, detector=tracker.detect)


@pytest.mark.parametrize("file", ["shirt_blue", "sweatshirt_grey", "tee_white", "shirt_paisley"])
def test_packaged_garments_are_no_people(file: str, tracker: PersonTracker) -> None:
    assert not _is_worn(tracker.detect(pictures.read(GARMENTS / f"{file}.jpg")))


@pytest.mark.parametrize("file", sorted(GARMENTS.glob("*.jpg")), ids=lambda file: file.stem)
def test_packaged_garments(file: Path) -> None:
    garment = ingest(pictures.read(file), parser=parser)
    assert garment.category == ("lower" if file.stem == "jeans" else "upper")
    corners = garment.texture[[0, 0, -1, -1], [0, -1, 0, -1], 3]
    assert 800 < len(garment.texture) <= MAX_TEXTURE and not corners.any()
    assert 0.3 < garment.pixels[0, 3].mean() < 0.8


def test_large_photo_keeps_its_detail_within_the_limit() -> None:
    large = cv2.resize(tee(), (4000, 3000), interpolation=cv2.INTER_LINEAR)
    start = time.process_time()
    garment = ingest(large, parser=parser)
    assert len(garment.texture) == MAX_TEXTURE
    assert time.process_time() - start < 8


def test_frame_of_a_large_photo_is_averaged_not_picked() -> None:
    """Every second column black: a picked sample would be black or white, an average is grey."""
    stripes = np.zeros((4096 * 2, 4096 * 2), np.uint8)
    stripes[:, ::2] = 255
    frame = garment_frame(np.ones((100, 100), np.float32), stripes.shape)
    texture = frame.cut(stripes)
    assert texture.shape == (MAX_TEXTURE, MAX_TEXTURE)
    assert texture[200:-200, 200:-200].std() < 12


def test_halves_of_an_even_garment_are_parsed_alike() -> None:
    """What the parser says of one half alone counts for both, and of an uneven garment for neither."""
    texture = np.full((256, 256, 4), 255, np.uint8)
    texture[:16] = 0

    def one_sided(rgba: F32) -> Mapping[str, F32]:
        labels = parser(rgba)["labels"].copy()
        labels[0, 5, :, 64:] *= (rgba[0, 0, 8:, :64].mean() < rgba[0, 0, 8:, 64:].mean()) + 1.0
        return {"labels": labels}

    texture[:, :128, :3] = 0
    even = parse(texture, parser=one_sided)
    assert np.allclose(even[5], even[5][:, ::-1], atol=1e-6)
    texture[:, 224:] = 0
    uneven = parse(texture, parser=one_sided)
    assert not np.allclose(uneven[5, :, 48:80], uneven[5, :, 48:80][:, ::-1], atol=1e-3)


def test_an_opening_that_is_next_to_nothing_is_harmless() -> None:
    """Along a straight waistband the back shows as a thread: rays then have no length."""
    cloth, rough = np.zeros((512, 512), np.float32), np.zeros((512, 512), np.float32)
    cloth[103:400, 120:360] = 1
    rough[103:105, 130:350] = rough[103:117, 290:348] = 1
    with np.errstate(all="raise"):
        line = opening_line(rough, np.zeros((512, 512, 3), np.float32), cloth)
    assert np.isfinite(line).all()
