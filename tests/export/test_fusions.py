"""Early, late and cross fusion: one contract, one way to train, one kind of bundle."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from test_export import PERSON, assert_same, run, stirred
from test_models import frame_inputs, parameters
from torch import Tensor
from torch.nn import functional

import lookglass
from lookglass import pictures
from lookglass.bundle.loader import DEFAULT_BUNDLE
from lookglass.correspondence import correspondence
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass_export.evaluation.geometry import main as compare
from lookglass_export.evaluation.geometry import part_errors
from lookglass_export.models.fusions import FUSIONS
from lookglass_export.models.late import GUESSES, LateGeometry
from lookglass_export.models.text import TextNull
from lookglass_export.onnx_export.export import main as export
from lookglass_export.onnx_export.graphs import example_inputs
from lookglass_export.training.errors import TrainingError
from lookglass_export.training.from_bundle import bundle_weights, unfold
from lookglass_export.training.geometry_task import GeometryTask
from lookglass_export.training.loop import stack
from lookglass_export.training.scenes import Scene
from lookglass_export.training.train import main as train
from lookglass_export.training.weights import collect, load_task, networks

every_fusion = pytest.mark.parametrize("fusion", FUSIONS)
Tensors = dict[str, Tensor]


def garment_of(task: GeometryTask) -> Tensors:
    return task.encoder(torch.rand(1, 9, 128, 128), torch.eye(3)[:1])


def said(on: int) -> Tensors:
    """Words whose first few tokens are on, and whatever in those that are off."""
    k, v = torch.randn(2, 1, 4, 16, 32, generator=torch.Generator().manual_seed(on))
    return {"text_k": k, "text_v": v, "text_mask": (torch.arange(16) < on).float()[None]}


@torch.no_grad()
@every_fusion
def test_flow_follows_garment_and_words_and_no_word_that_is_off(fusion: str) -> None:
    torch.manual_seed(0)
    task = stirred(GeometryTask(fusion)).eval()
    _, mask, landmarks, _ = frame_inputs()
    person, garment, words = task.geometry.encode_person(mask, landmarks), garment_of(task), said(3)

    def flow(garment: Tensors, words: Tensors) -> Tensor:
        return task.geometry(person, mask, garment, words)["flow"]

    base = flow(garment, words)
    off = words["text_mask"][:, None, :, None] == 0
    noisy = {name: torch.where(off, 9.0, words[name]) for name in ("text_k", "text_v")}
    torch.testing.assert_close(flow(garment, words | noisy), base)
    louder = {"text_v": torch.where(off, words["text_v"], 3.0)}
    assert (flow(garment, words | louder) - base).abs().max() > 1e-3
    assert (flow(garment_of(task), words) - base).abs().max() > 1e-4


@every_fusion
def test_fusions_are_of_one_size(fusion: str) -> None:
    """What is compared differs by less than 5 % in parameters."""
    sizes = {name: parameters(encoder(), geometry()) for name, (encoder, geometry) in FUSIONS.items()}
    assert sizes[fusion] == pytest.approx(sizes["cross"], rel=0.05)


@torch.no_grad()
def test_late_fusion_weighs_guesses_by_what_the_person_alone_says() -> None:
    """Expected values: the weighted sum written out in NumPy float64, one pixel and part at a time."""
    torch.manual_seed(0)
    network, words = LateGeometry().eval(), said(5)
    x, guesses = torch.randn(1, 96, 32, 24), torch.randn(1, GUESSES, 93)
    features, flow = (t[0].double().numpy() for t in network.guess(x, {"garment_guesses": guesses}, words))
    tokens = torch.cat([words["text_k"], words["text_v"]], -1).transpose(1, 2).flatten(2)
    rows = torch.cat([guesses, network.guesses(tokens)], 1)[0].double().numpy().reshape(-1, 3, 31)
    asked = network.query(x)[0].double().numpy().reshape(3, 2 + len(rows), 32, 24)
    on = [*range(GUESSES), *(GUESSES + i for i in range(5))]
    for part, y, column in ((0, 0, 0), (1, 20, 7), (2, 31, 23)):
        place, scores = np.split(asked[part, :, y, column], [2])
        weights = np.exp(scores[on] + rows[on, part, 0])
        mixed = weights @ rows[on, part, 1:] / weights.sum()
        moved = place + mixed[:2] + place[0] * mixed[2:4] + place[1] * mixed[4:6]
        np.testing.assert_allclose(flow[2 * part : 2 * part + 2, y, column], moved, atol=1e-4)
        seen = features[96 + 24 * part : 96 + 24 * (part + 1), y, column]
        np.testing.assert_allclose(seen, mixed[6:], atol=1e-4)


@pytest.fixture(scope="module", params=[name for name in FUSIONS if name != "cross"])
def fusion(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def learned(fusion: str, scenes_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of three steps, its weights stirred: of those that are still equal a graph keeps one alone."""
    folder = tmp_path_factory.mktemp(fusion)
    train([*folders(scenes_folder, folder), "--fusion", fusion, "--iterations", "3"])
    state = torch.load(folder / "geometry.pt", weights_only=True)
    for name, value in state["average"].items():
        if name.endswith((".weight", ".bias")):
            value += 0.02 * torch.randn(value.shape)
    torch.save(state, folder / "geometry.pt")
    return folder


def folders(scenes: Path, run: Path) -> list[str]:
    common = ["--scenes", str(scenes), "--validation", str(scenes), "--run", str(run)]
    return [*common, "--task", "geometry", "--batch", "1"]


@pytest.fixture(scope="module")
def bundle(learned: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    for name in PERSON:
        shutil.copy(DEFAULT_BUNDLE / f"{name}.onnx", folder)
    torch.manual_seed(2)  # For the networks that were not trained.
    export(["--run", str(learned), "--out", str(folder)])
    return folder


def test_runs_are_compared_scene_by_scene(
    learned: Path, scenes_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compare([str(learned), "--scenes", str(scenes_folder), "--out", str(tmp_path / "rows.json")])
    rows = json.loads((tmp_path / "rows.json").read_text())
    assert [(row["run"], row["category"]) for row in rows] == [(learned.name, "upper")] * 2
    mean = np.mean([row["trunk_px"] for row in rows])
    assert f"| all | {learned.name} | 2 |" in (shown := capsys.readouterr().out)
    assert f"| {mean:.3f} ±" in shown


def test_part_errors_are_pixels_of_each_part_s_own_flow(scene: Scene) -> None:
    """Drawn scenes have affine flow: the truth on a coarser grid is the truth, and a shift is itself."""
    batch = stack([GeometryTask().examples(scene, None)])
    flow = functional.avg_pool2d(batch["flow"].flatten(1, 2), 2)
    shifted = flow + torch.tensor([0, 0, 0.1, 0, 0.1, 0])[:, None, None]
    found = part_errors(shifted, batch)
    assert found["trunk_px"] < 0.1
    assert found["limbs_px"] == pytest.approx(6.4, abs=0.1)


def test_a_budget_may_be_steps(learned: Path, fusion: str) -> None:
    found = collect(learned)["geometry"]
    assert (found["iteration"], found["fusion"]) == (3, fusion)


def test_another_fusion_s_weights_are_refused(
    learned: Path, fusion: str, scenes_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        train([*folders(scenes_folder, learned), "--iterations", "4"])
    compact = tmp_path / "compact.pt"
    torch.save(collect(learned), compact)
    with pytest.raises(SystemExit, match="2"):
        train([*folders(scenes_folder, tmp_path), "--iterations", "1", "--start-from", str(compact)])
    said = capsys.readouterr().err.splitlines()
    wanted = f"holds a network of {fusion} fusion, not of cross: go on with --fusion {fusion}"
    assert len([line for line in said if wanted in line]) == 2


@torch.no_grad()
def test_the_graphs_match_pytorch(learned: Path, bundle: Path) -> None:
    torch.manual_seed(2)
    nets = networks(collect(learned))
    pixels, frame = example_inputs(nets.encoder, nets.text)
    assert_same(run(bundle, "garment_encoder", pixels), nets.encoder(**pixels))
    given = dict(frame)
    first = [given.pop(name) for name in ("person", "mask", "landmarks", "tone")]
    words = {name: given.pop(name) for name in TextNull()()}
    assert_same(run(bundle, "tryon", frame), nets.tryon(*first, given, words))


def test_the_runtime_dresses_with_the_bundle(bundle: Path, fusion: str) -> None:
    mirror = lookglass.TryOn.load(bundle, device="cpu", threads=1)
    assert mirror.bundle.manifest.fusion == fusion
    photo = pictures.read(PEOPLE / "studio_man.png")
    shirt = mirror.restyle(mirror.garment(GARMENTS / "tee_white.jpg"), "oversized")
    assert mirror(photo, shirt).shape == photo.shape
    assert correspondence(mirror.bundle, mirror.person(photo), shirt) is None


def test_training_goes_on_from_the_bundle(
    learned: Path, bundle: Path, fusion: str, scenes_folder: Path
) -> None:
    """Expected values: the network that the bundle was exported from."""
    with pytest.raises(TrainingError, match=f"go on with --fusion {fusion}"):
        bundle_weights(bundle)
    scenes = [Scene.open(path) for path in sorted(scenes_folder.glob("*.npz"))]
    rng = np.random.default_rng(0)
    fresh = GeometryTask(fusion)
    batch = stack([fresh.examples(scene, rng) for scene in scenes])
    task = unfold(fresh, bundle_weights(bundle, fusion=fusion)["geometry"], [batch]).eval()
    trained = load_task("geometry", collect(learned)["geometry"]["weights"], fusion=fusion).eval()
    with torch.no_grad():
        found, wanted = (each(batch)["flow"] for each in (task, trained))
    torch.testing.assert_close(found, wanted, atol=5e-3, rtol=0)
