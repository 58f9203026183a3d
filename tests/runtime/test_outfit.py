"""Garments of every category on real photos: what goes together, what is cut, what stays the camera's.

The bundle is the one that ships with all categories listed; only plumbing is held here, no picture judged.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest

import lookglass
from lookglass import pictures
from lookglass.bundle.loader import DEFAULT_BUNDLE
from lookglass.cli import main
from lookglass.compose import draw
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass.network import person_inputs
from lookglass.outfit import Dressed, outfit
from lookglass.person.crop import CROP_SIZE, MODEL_WIDTH, crop_matrix, cut, model_columns, person_crop
from lookglass.stream import LEGS_OUT_OF_VIEW, NOBODY, NOTHING_ON
from lookglass.types import CATEGORIES, U8, EncodedGarment, Person

WOMAN, SELFIE = (pictures.read(PEOPLE / name) for name in ("studio_woman.png", "selfie.jpg"))
JEANS, TEE = GARMENTS / "jeans.jpg", GARMENTS / "tee_white.jpg"


def _claiming(folder: Path, *categories: str) -> Path:
    """The bundle that ships, with the categories that it claims to dress."""
    shutil.copytree(DEFAULT_BUNDLE, folder)
    manifest = json.loads((folder / "bundle.json").read_text())
    (folder / "bundle.json").write_text(json.dumps(manifest | {"categories": list(categories)}))
    return folder


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _claiming(tmp_path_factory.mktemp("all") / "bundle", *CATEGORIES)


@pytest.fixture(scope="module")
def mirror(bundle: Path) -> lookglass.TryOn:
    return lookglass.TryOn.load(bundle, device="cpu")


@pytest.fixture(scope="module")
def garments(mirror: lookglass.TryOn) -> dict[str, EncodedGarment]:
    """One of each category; the dress is a tee that is told to be one."""
    return {
        "upper": mirror.garment(TEE),
        "lower": mirror.garment(JEANS),
        "dress": mirror.garment(TEE, name="dress", category="dress"),
    }


def test_an_outfit_is_put_on_from_below(garments: dict[str, EncodedGarment]) -> None:
    upper, lower = garments["upper"], garments["lower"]
    assert outfit(upper) == outfit([upper]) == (upper,)
    assert outfit([upper, lower]) == outfit([lower, upper]) == (upper, lower)


@pytest.mark.parametrize(
    "together", [["upper", "upper"], ["lower", "dress"], ["upper", "dress"], ["lower", "upper", "lower"], []]
)
def test_what_cannot_be_worn_together_is_said(
    mirror: lookglass.TryOn, garments: dict[str, EncodedGarment], together: list[str]
) -> None:
    with pytest.raises(lookglass.GarmentError, match="no outfit: "):
        mirror(WOMAN, [garments[category] for category in together])


def test_a_bundle_refuses_what_it_does_not_dress(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tops = _claiming(tmp_path / "tops", "upper")
    with pytest.raises(lookglass.GarmentError, match="jeans shows a lower garment; this bundle knows categ"):
        lookglass.TryOn.load(tops, device="cpu").garment(JEANS)
    out = tmp_path / "out.png"
    code, _, warned = _run(capsys, "tryon", PEOPLE / "studio_woman.png", JEANS, "-o", out, "--bundle", tops)
    assert code == 2 and "shows a lower garment" in warned and not out.exists()


def test_a_bundle_of_strange_categories_is_refused(tmp_path: Path) -> None:
    for number, categories in enumerate(([], ["upper", "hat"])):
        with pytest.raises(lookglass.BundleError, match="'categories' is"):
            lookglass.TryOn.load(_claiming(tmp_path / f"{number}", *categories))


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_person_is_cut_for_a_category(mirror: lookglass.TryOn, category: str) -> None:
    """Nothing but crop and mask depends on it: neither where the person is nor the tone of their face."""
    usual, person = mirror.person(WOMAN), mirror.person(WOMAN, category)
    assert person.category == category and person.crop == person_crop(person.landmarks, category)
    assert np.array_equal(person.landmarks, usual.landmarks) and np.array_equal(person.tone, usual.tone)
    recut = mirror.tracker().recut(WOMAN, usual, category)
    assert recut.crop == person.crop and np.array_equal(recut.mask, person.mask)
    assert np.array_equal(recut.picture, person.picture)
    x, y = crop_matrix(person.crop) @ [*person.landmarks[23, :2], 1]
    assert person.mask[round(y), round(x)] > 0.9


def test_below_the_waist_hips_are_shoulders(mirror: lookglass.TryOn) -> None:
    person = mirror.person(WOMAN, "lower")
    marks = person_inputs(person)["landmarks"][0]
    matrix = crop_matrix(person.crop)
    for network, body in ((11, 23), (13, 25), (16, 28)):
        x, y = matrix[:, :2] @ person.landmarks[body, :2] + matrix[:, 2]
        assert np.allclose(marks[network, :2], (x - (CROP_SIZE - MODEL_WIDTH) / 2, y), atol=1e-3)


def _window(person: Person, image: U8) -> np.ndarray:
    """(H, W) bool: the frame's pixels in the window that the network sees."""
    (rows, columns), half = np.indices(image.shape[:2]), CROP_SIZE / person.crop.scale / 2
    x, y = columns - person.crop.center[0], rows - person.crop.center[1]
    return (np.abs(x) <= half * MODEL_WIDTH / CROP_SIZE) & (np.abs(y) <= half)


@pytest.mark.parametrize("category", CATEGORIES)
def test_whoever_was_found_for_another_garment_is_dressed_alike(
    mirror: lookglass.TryOn, garments: dict[str, EncodedGarment], category: str
) -> None:
    before = WOMAN.copy()
    dressed = mirror(WOMAN, garments[category])
    for found_for in CATEGORIES:
        again, _ = mirror.dress(WOMAN, mirror.person(WOMAN, found_for), garments[category])
        assert np.array_equal(again, dressed)
    changed = (dressed != WOMAN).any(2)
    assert changed.any() and not (changed & ~_window(mirror.person(WOMAN, category), WOMAN)).any()
    assert np.array_equal(before, WOMAN)


def test_trousers_are_put_on_under_the_hem_of_a_new_top(
    mirror: lookglass.TryOn, garments: dict[str, EncodedGarment]
) -> None:
    """Right up to it, and no pixel of the top is touched."""
    upper, lower = garments["upper"], garments["lower"]
    together = mirror(WOMAN, [lower, upper])
    person = mirror.person(WOMAN)
    in_tee, _ = mirror.dress(WOMAN, person, upper)
    steps = list(mirror.put_on(WOMAN, person, [lower, upper]))
    assert [step.garment for step in steps] == [upper, lower] and np.array_equal(steps[1].image, together)
    assert np.array_equal(steps[0].image, in_tee)
    alpha = _drawn(steps[0])
    inside = cv2.erode(alpha, np.ones((9, 9), np.uint8)) == 255  # But for the cells of its hem.
    assert (together != in_tee).any() and np.array_equal(together[inside], in_tee[inside])
    under = cv2.dilate((alpha > 200).astype(np.uint8), np.ones((15, 1), np.uint8), anchor=(0, 14)) > 0
    x, y = person.landmarks[[23, 24], :2].mean(0).astype(int)
    hem = (slice(y - 60, y + 120), slice(x - 60, x + 60))
    assert (under & (alpha == 0))[hem].sum() > 500
    assert together[hem][(under & (alpha == 0))[hem]].max() < 150


def _drawn(step: Dressed) -> U8:
    """(H, W) uint8: the weight of the garment in the frame."""
    alpha = np.zeros(step.image.shape[:2], np.uint8)
    drawing = draw(alpha.shape, step.person.crop, step.garment.garment, step.finished)
    assert drawing is not None
    alpha[drawing.region.slices] = drawing.garment_weight
    return alpha


def test_where_a_garment_was_drawn_is_known_in_another_crop(
    mirror: lookglass.TryOn, garments: dict[str, EncodedGarment]
) -> None:
    """The same as cutting the alpha in the frame out with that crop."""
    (step,) = mirror.put_on(WOMAN, mirror.person(WOMAN), garments["upper"])
    crop = mirror.person(WOMAN, "lower").crop
    found = step.alpha_in(crop)
    cut_out = model_columns(cut(cv2.merge([_drawn(step)] * 3), crop))[..., 0] / 255
    assert cut_out.max() == 1 and np.abs(found - cut_out).mean() < 0.005
    assert cv2.phaseCorrelate(found.astype(float), cut_out)[1] > 0.5
    assert np.abs(cv2.phaseCorrelate(found.astype(float), cut_out)[0]).max() < 0.2


def test_legs_that_are_out_of_view_are_not_dressed(
    mirror: lookglass.TryOn, garments: dict[str, EncodedGarment]
) -> None:
    with pytest.raises(lookglass.PersonNotFoundError, match="from the hips to the middle of the thighs"):
        mirror(SELFIE, garments["lower"])
    with pytest.raises(lookglass.PersonNotFoundError):
        mirror.dress(SELFIE, mirror.person(SELFIE), [garments["upper"], garments["lower"]])
    stream, time_ns = mirror.stream(), iter(range(0, 10**9, 33_000_000))
    step = stream.step(lookglass.Frame(SELFIE, t_grab_ns=next(time_ns)), garments["lower"])
    assert step.image is SELFIE and step.person is not None
    assert step.untouched == LEGS_OUT_OF_VIEW and step.worn == ()
    step = stream.step(
        lookglass.Frame(SELFIE, t_grab_ns=next(time_ns)), [garments["upper"], garments["lower"]]
    )
    assert step.worn == (garments["upper"].garment,) and step.untouched == "" and (step.image != SELFIE).any()


def _filmed(
    mirror: lookglass.TryOn, worn: list[list[EncodedGarment] | EncodedGarment | None], view: U8 = WOMAN
) -> list[lookglass.Step]:
    """A still person in front of a sensor with noise, in one garment after the other."""
    rng, stream, steps = np.random.default_rng(0), mirror.stream(), []
    for number, garment in enumerate(worn):
        noisy = np.clip(np.rint(view + rng.normal(0, 2, view.shape)), 0, 255).astype(np.uint8)
        steps.append(stream.step(lookglass.Frame(noisy, number, number * 33_000_000), garment))
    return steps


def test_garments_of_all_categories_take_turns_in_a_stream(
    mirror: lookglass.TryOn, garments: dict[str, EncodedGarment]
) -> None:
    """Whatever was worn in between, a garment comes back as it is for who has worn nothing else."""
    upper, lower, dress = garments.values()
    worn = [upper, upper, [upper, lower], lower, None, dress, [lower, upper], upper]
    steps = _filmed(mirror, worn)
    assert [[w.category for w in step.worn] for step in steps] == [
        ["upper"], ["upper"], ["upper", "lower"], ["lower"], [], ["dress"], ["upper", "lower"], ["upper"]
    ]  # fmt: skip
    assert steps[4].untouched == NOTHING_ON and steps[4].person is not None
    only = _filmed(mirror, [upper] * len(worn))
    for number in (1, 7):
        off = np.abs(steps[number].image.astype(int) - only[number].image)
        assert off.mean() < 0.6, number
    nobody = mirror.stream().step(lookglass.Frame(np.full((480, 640, 3), 90, np.uint8)), [upper, lower])
    assert nobody.untouched == NOBODY and nobody.person is None


def test_the_view_of_a_category_is_forgotten_with_it(mirror: lookglass.TryOn) -> None:
    """A crop held from long ago would lag behind where the person is by now."""
    tracker, wide = mirror.tracker(), np.pad(WOMAN, ((0, 0), (300, 300), (0, 0)), "edge")
    for number, category in enumerate(["lower", "upper", "upper", "lower"]):
        moved = np.roll(wide, 20 * number, axis=1)
        person = tracker.update(lookglass.Frame(moved, number, number * 33_000_000), category)
    assert person is not None and person.category == "lower"
    assert person.crop == person_crop(person.landmarks, "lower")


def test_words_about_fit_are_for_tops(
    mirror: lookglass.TryOn, garments: dict[str, EncodedGarment], caplog: pytest.LogCaptureFixture
) -> None:
    jeans = garments["lower"]
    worn = mirror.restyle(jeans, "oversized, in dark green")
    assert "words about fit are for tops" in caplog.text
    assert all(worn.tensors[name] is jeans.tensors[name] for name in jeans.tensors)
    assert (worn.garment.texture != jeans.garment.texture).any()
    assert mirror.read("in dark green", "lower").warning == ""


def _run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_an_outfit_from_the_command_line(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, person = tmp_path / "out.png", PEOPLE / "studio_woman.png"
    common = ("tryon", person, TEE, JEANS, "-o", out, "--bundle", bundle)
    code, said, warned = _run(capsys, *common, "--compare", "--layers", tmp_path / "layers")
    assert code == 0 and (tmp_path / "layers" / "lower" / "attention.png").is_file()
    assert said.splitlines()[2].startswith("jeans: garment fidelity")
    assert said.splitlines()[1].startswith("tee_white: garment fidelity")
    code, _, warned = _run(
        capsys, "tryon", person, JEANS, "-o", out, "--bundle", bundle, "--text", "rolled up"
    )
    assert code == 0 and "jeans is no top" in warned
    for more, words in (
        (("--point", "3,4", "--layers", tmp_path), "one garment"),
        (("--category", "upper") * 3, "more often than there are garments"),
        (("--category", "lower"), "no outfit: tee_white (lower), jeans (lower)"),
    ):
        code, _, warned = _run(capsys, *common, *more)
        assert code == 2 and words in warned


def test_a_mixed_wardrobe_and_what_is_worn_with_it(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wardrobe, report = tmp_path / "wardrobe", tmp_path / "report.json"
    wardrobe.mkdir()
    for photo in (TEE, JEANS):
        shutil.copy(photo, wardrobe)
    run = (
        "run",
        "--source",
        PEOPLE / "studio_woman.png",
        "--sink",
        "null",
        "--frames",
        "3",
        "--bundle",
        bundle,
    )
    assert _run(capsys, *run, "--garment", wardrobe, "--report", report)[0] == 0
    assert _worn(report) == {"jeans": "lower"}
    code, _, warned = _run(capsys, *run, "--garment", wardrobe, "--with", JEANS, "--report", report)
    assert code == 0 and "jeans.jpg is left out: no outfit" in warned
    assert _worn(report) == {"jeans": "lower", "tee_white": "upper"}


def _worn(report: Path) -> Mapping[str, str]:
    return {worn["garment"]: worn["category"] for worn in json.loads(report.read_text())["worn"]}
