"""Scores of hand-made arrays, and of answers that are known to be right."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from lookglass.bundle import Bundle
from lookglass.bundle.loader import DEFAULT_BUNDLE
from lookglass.engine import Engine
from lookglass.finish import folds, limbs
from lookglass.person.mask import PersonMask
from lookglass_export.baselines.probe_task import ProbeTask
from lookglass_export.evaluation.evaluate import main
from lookglass_export.evaluation.judge import SCORES, dress, judge, old_clothes_left
from lookglass_export.evaluation.methods import Method, nothing, right_layers
from lookglass_export.evaluation.metrics import (
    alpha_iou,
    changed,
    mean_over,
    near_boundary,
    ratio,
    sampling_error_px,
    seam,
    ssim_map,
)
from lookglass_export.evaluation.pairs import Pair, open_garment, open_shot, window_image
from lookglass_export.evaluation.report import Row, summarise, table
from lookglass_export.training.geometry_task import PAIRS
from lookglass_export.training.scenes import Scene

ALL = np.ones((2, 3), bool)


@pytest.mark.parametrize(
    ("alpha", "truth", "where", "expected"),
    [
        ([[1, 1, 0], [0, 0, 0]], [[1, 1, 0], [0, 0, 0]], ALL, 1.0),
        ([[1, 1, 0], [0, 0, 0]], [[0, 1, 1], [0, 0, 0]], ALL, 1 / 3),
        ([[0.6, 0.4, 0], [0, 0, 0]], [[1, 1, 0], [0, 0, 0]], ALL, 0.5),
        ([[1, 0, 0], [0, 0, 0]], [[0, 0, 1], [0, 0, 0]], ALL, 0.0),
        ([[1, 1, 0], [0, 0, 0]], [[0, 1, 0], [0, 0, 0]], np.array([[False, True, True]] * 2), 1.0),
        ([[0, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 0]], ALL, np.nan),
    ],
)
def test_alpha_iou(alpha, truth, where, expected) -> None:
    assert alpha_iou(np.array(alpha), np.array(truth), where) == pytest.approx(expected, nan_ok=True)


def test_sampling_error_is_in_pixels_of_128() -> None:
    flow, truth = np.zeros((2, 1, 2)), np.zeros((2, 1, 2))
    flow[:, 0, 1] = 3 / 64, 4 / 64
    np.testing.assert_allclose(sampling_error_px(flow, truth), [[0, 5]])


def test_boundaries_lie_between_parts_not_at_the_outline() -> None:
    labels = np.array([[0, 1, 1, 1, 1, 2, 2, 0, 3]])
    expected = np.array([[0, 0, 0, 1, 1, 1, 1, 0, 1]], bool)
    np.testing.assert_array_equal(near_boundary(labels, 2), expected)
    assert not near_boundary(np.array([[1, 1, 0, 0]]), 4).any()


def test_ssim_of_equal_and_of_flat_pictures() -> None:
    """Of two flat pictures the formula's first factor is left: (2 a b + c) / (a^2 + b^2 + c)."""
    a, b = (np.full((16, 16, 3), value, np.uint8) for value in (100, 200))
    assert ssim_map(a, a).min() == pytest.approx(1)
    c = (0.01 * 255) ** 2
    np.testing.assert_allclose(ssim_map(a, b), (2 * 100 * 200 + c) / (100**2 + 200**2 + c), rtol=1e-6)


def test_changed_tolerates_two_of_255() -> None:
    frame = np.zeros((1, 3, 3), np.uint8)
    picture = frame.copy()
    picture[0, 1, 0], picture[0, 2, 2] = 2, 3
    np.testing.assert_array_equal(changed(picture, frame), [[False, False, True]])


def test_a_seam_is_what_is_steeper_than_truth_where_drawing_ends() -> None:
    frame = np.full((9, 12, 3), 50, np.uint8)
    picture, softer = frame.copy(), frame.copy()
    picture[:, :6] = 90
    softer[:, :7] = [90] * 3
    softer[:, 5:8] = np.array([80, 70, 60])[None, :, None]
    assert seam(picture, frame, picture) == 0
    assert seam(picture, frame, frame) == pytest.approx(20)
    assert 5 < seam(softer, frame, frame) < 15
    assert np.isnan(seam(frame, frame, frame))


def test_results_that_agree_have_nothing_left_of_the_old_clothes(scene: Scene, engine: Engine) -> None:
    """Doing nothing leaves all of them; the truth in both leaves none."""
    pair, other = Pair(scene, 0, 2), Pair(scene, 1, 2)
    shots = [open_shot(scene, k, PersonMask(engine.session("person_mask"))) for k in range(2)]
    garment = open_garment(scene, 2, engine.session("garment_parser"))
    untouched = [dress(shot, garment, None) for shot in shots]
    assert old_clothes_left(pair, *untouched) == 1
    target = replace(untouched[0], picture=window_image(scene, 2))
    assert old_clothes_left(pair, target, target) == 0
    right = [
        dress(s, garment, right_layers(p, s.person, garment))
        for p, s in ((pair, shots[0]), (other, shots[1]))
    ]
    assert old_clothes_left(pair, *right) < 0.3


def test_means_without_pixels_are_nan() -> None:
    assert mean_over(np.array([[1.0, 5.0]]), np.array([[True, False]])) == 1
    assert np.isnan(mean_over(np.ones((1, 1)), np.zeros((1, 1), bool)))
    assert np.isnan(ratio(1, 0))


def test_summary_by_factor_leaves_nan_out() -> None:
    def row(pose: str, iou: float, error: float) -> Row:
        scores = dict.fromkeys(SCORES, float("nan")) | {"alpha_iou": iou, "sampling_error_px": error}
        return Row({"pose": pose}, scores)

    report = summarise([row("down", 0.8, 1.0), row("down", 0.6, float("nan")), row("up", 0.1, 4.0)])
    assert report["overall"]["alpha_iou"] == {"mean": 0.5, "median": 0.6, "n": 3}
    assert report["overall"]["sampling_error_px"] == {"mean": 2.5, "median": 2.5, "n": 2}
    assert report["factors"]["pose"]["down"]["alpha_iou"]["mean"] == 0.7
    assert "garment_ssim" not in report["overall"]
    assert "up" in table(report)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(Bundle.load(DEFAULT_BUNDLE), device="cpu", threads=1)


def judged(pair: Pair, engine: Engine, method: Method) -> dict[str, float]:
    shot = open_shot(pair.scene, pair.worn, PersonMask(engine.session("person_mask")))
    garment = open_garment(pair.scene, pair.wanted, engine.session("garment_parser"))
    layers = method(pair, shot.person, garment)
    return judge(pair, shot, layers, dress(shot, garment, layers))


@pytest.mark.parametrize("pair", PAIRS)
def test_right_answers_score_well(
    scene: Scene, engine: Engine, pair: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The true layers, composed by the runtime: what is lost is lost by composition and its resolution."""
    # The true layers know the light of the scene, whose cloth is flat: what is drawn on top would be errors.
    monkeypatch.setattr(folds, "_AMOUNT", 0.0)
    monkeypatch.setattr(limbs, "_ROUND", 0.0)
    monkeypatch.setattr(limbs, "form_at", lambda along, across: np.float32(0))
    scores = judged(Pair(scene, *pair), engine, right_layers)
    assert scores["sampling_error_px"] < 0.2
    # Snapping to the frame's edges pulls a new hem a little towards the old one that is drawn near it.
    assert scores["alpha_iou"] > 0.93
    assert scores["garment_ssim"] > 0.88
    assert scores["occluder_accuracy"] == 1
    assert 0.8 < scores["drawn_ratio"] < 1.1


def test_right_answers_score_well_on_a_rendered_scene(rendered: Scene, engine: Engine) -> None:
    """Renders and runtime agree on crops, frames, flow and light."""
    scores = judged(Pair(rendered, 0, 1), engine, right_layers)
    assert scores["sampling_error_px"] < 0.5
    assert scores["alpha_iou"] > 0.85
    assert scores["crop_ssim"] > 0.85


def test_doing_nothing_leaves_the_old_garment(scene: Scene, engine: Engine) -> None:
    scores = judged(Pair(scene, 0, 1), engine, nothing)
    assert scores["drawn_ratio"] == 0
    assert 0.5 < scores["alpha_iou"] < 0.95
    assert np.isnan(scores["sampling_error_px"])


@pytest.mark.parametrize("method", [[], ["--baseline", "nothing"], ["--baseline", "truth"]])
def test_the_command_writes_scores_with_their_origin(
    scenes_folder: Path, tmp_path: Path, method: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "scores.json"
    main(["--bundle", str(DEFAULT_BUNDLE), "--scenes", str(scenes_folder), "--out", str(out), *method])
    report = json.loads(out.read_text())
    assert report["method"] == (method[-1] if method else "bundle")
    assert report["overall"]["alpha_iou"]["n"] == 2 * len(PAIRS)
    assert set(report["factors"]) == {"pose", "framing", "worn", "wanted", "hair_in_front", "tone"}
    assert report["factors"]["worn"]["polo"]["garment_ssim"]["n"] == 4
    assert len(report["provenance"]["bundle_sha256"]) == 64
    assert report["provenance"]["scenes"]["count"] == 2
    assert "garment alpha IoU" in capsys.readouterr().out


def test_the_probe_is_judged_by_the_same_rules(scenes_folder: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    checkpoint, out = tmp_path / "probe.pt", tmp_path / "scores.json"
    torch.save({"average": ProbeTask().state_dict()}, checkpoint)
    common = ["--bundle", str(DEFAULT_BUNDLE), "--scenes", str(scenes_folder), "--limit", "1"]
    common += ["--out", str(out)]
    main([*common, "--baseline", "probe", "--checkpoint", str(checkpoint)])
    overall = json.loads(out.read_text())["overall"]
    assert overall["sampling_error_px"]["n"] == len(PAIRS)
    assert "occluder_accuracy" not in overall


@pytest.mark.parametrize("extra", [["--baseline", "probe"], ["--limit", "0"]])
def test_what_cannot_be_measured_is_refused(scenes_folder: Path, extra: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--bundle", str(DEFAULT_BUNDLE), "--scenes", str(scenes_folder), *extra])
