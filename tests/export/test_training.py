"""Scenes become examples that fit together, and the loop learns, stops and goes on."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from lookglass_export.training import scenes
from lookglass_export.training.loop import Settings, Trainer, stack
from lookglass_export.training.scenes import Scene
from lookglass_export.training.train import main as train
from lookglass_export.training.weights import BASELINES, TASKS, collect, load_task, networks

ALL_TASKS = TASKS | BASELINES


def augmented(scene: Scene, garment: int, *, mirrored: bool) -> tuple[scenes.View, scenes.Product]:
    """The first augmented view, with its product, that is mirrored or not, as asked."""
    rng = np.random.default_rng(0)
    while (view := scenes.open_view(scene, 0, rng)).mirrored != mirrored:
        pass
    return view, scenes.open_product(scene, garment, mirrored, rng)


def look_up(picture: np.ndarray, flow: np.ndarray, *, nearest: bool = False) -> np.ndarray:
    """Sample a (128, 128, ...) garment picture through a flow (2, h, w) in [-1, 1]."""
    how = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
    x, y = ((flow + 1) * 64 - 0.5).astype(np.float32)
    return cv2.remap(picture, x, y, how, borderMode=cv2.BORDER_CONSTANT)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("garment", range(3))
def test_the_photo_through_the_flow_is_the_worn_garment(scene: Scene, garment: int, mirrored: bool) -> None:
    """Crop, mirror, product augmentation and flow are consistent: the warped photo is the picture of B."""
    view, product = augmented(scene, garment, mirrored=mirrored)
    flow, weight = scenes.flow_targets(scene, view, garment, product)
    worn = scenes.crop_frame(scene, view, garment)
    worn = cv2.resize(worn, scenes.HALF, interpolation=cv2.INTER_AREA) / 255
    for part in range(3):
        inner = cv2.erode((weight[part] == 1).astype(np.uint8), np.ones((5, 5))) > 0
        warped = look_up(product.rgba, flow[part])
        assert inner.sum() > 20
        assert np.abs(warped[..., :3] - worn)[inner].mean() < 0.02


@pytest.mark.parametrize("mirrored", [False, True])
def test_left_stays_the_wearers_left(scene: Scene, mirrored: bool) -> None:
    view, product = augmented(scene, 1, mirrored=mirrored)
    flow, weight = scenes.flow_targets(scene, view, 1, product)
    coverage = scenes.coverage_targets(scene, view, 1)
    assert view.landmarks[11, 0] > view.landmarks[12, 0]
    for part in range(3):
        inner = cv2.erode((weight[part] == 1).astype(np.uint8), np.ones((5, 5))) > 0
        label = look_up(product.pixels[4 + part], flow[part], nearest=True)
        assert label[inner].mean() > 0.8  # The torso overlaps the sleeves at the shoulders.
        assert coverage[part][inner].mean() > 0.98
    across = [np.nonzero(coverage[part] > 0.5)[1].mean() for part in range(3)]
    assert across[1] > across[0] > across[2]


def test_mirrored_flow_is_the_mirror_of_the_flow(scene: Scene) -> None:
    """Without other augmentation: x turns round, left and right sleeves change places."""
    view = scenes.open_view(scene, 0)
    flip = np.array([[-1, 0, 191], [0, 1, 0]])
    matrix = flip @ np.vstack([view.matrix, [0, 0, 1]])
    twin = scenes.View(0, np.float32(matrix), np.float32(scenes._halve(matrix)), view.landmarks, True)
    products = [scenes.open_product(scene, 1, mirrored) for mirrored in (False, True)]
    (flow, weight), (mirrored, mirrored_weight) = (
        scenes.flow_targets(scene, v, 1, p) for v, p in zip((view, twin), products, strict=True)
    )
    order, sign = [0, 2, 1], np.array([-1, 1])[:, None, None]
    both = (weight[order, :, ::-1] > 0) & (mirrored_weight > 0)
    assert both.sum() > 5000
    gap = np.abs(mirrored - sign * flow[order][..., ::-1]).max(1)
    assert gap[both].max() < 2e-3


def test_nothing_is_augmented_without_a_generator(scene: Scene) -> None:
    for task in (make() for make in ALL_TASKS.values()):
        first, second = (task.examples(scene, None) for _ in range(2))
        assert first.keys() == second.keys()
        for name, array in first.items():
            np.testing.assert_array_equal(array, second[name])
            assert np.isfinite(array).all(), (task.name, name)


@pytest.mark.parametrize("name", ALL_TASKS)
def test_a_few_steps_on_one_scene_reduce_the_loss(scene: Scene, name: str) -> None:
    torch.manual_seed(0)
    task = load_task(name, None).to(memory_format=torch.channels_last).train()
    batch = stack([task.examples(scene, np.random.default_rng(0))])
    optimizer = torch.optim.AdamW(task.parameters(), 1e-3)
    totals = []
    for _ in range(6):
        total = torch.stack(list(task.losses(batch).values())).sum()
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        totals.append(float(total.detach()))
    assert totals[-1] < 0.9 * totals[0]
    with torch.no_grad():
        scores = task.eval().scores(batch)
    assert task.main_score in scores
    assert np.isfinite(list(scores.values())).all()


def settings(scenes_folder: Path, run: Path, minutes: float) -> Settings:
    return Settings(
        scenes=scenes_folder,
        validation=scenes_folder,
        run=run,
        minutes=minutes,
        batch=2,
        validate_every=10**6,
    )


def test_training_goes_on_where_it_stopped(scenes_folder: Path, tmp_path: Path) -> None:
    first = Trainer(load_task("parser", None), settings(scenes_folder, tmp_path, 0.02))
    scores = first.run()
    assert first.iteration > 0
    assert 0 <= scores["error_rate"] <= 1
    second = Trainer(load_task("parser", None), settings(scenes_folder, tmp_path, 0.04))
    assert (second.iteration, second.minutes) == (first.iteration, first.minutes)
    for name in ("task", "average"):
        old, new = (getattr(trainer, name).state_dict() for trainer in (first, second))
        assert all(torch.equal(old[key], new[key]) for key in old)
    second.run()
    assert second.iteration > first.iteration
    assert not list(tmp_path.glob("*.part"))


def test_a_parser_goes_on_alone_on_photos_and_leaves_the_other_tasks_as_they_are(
    scene: Scene, tmp_path: Path
) -> None:
    """Pages of a catalogue are enough for it; a compact checkpoint keeps what it began with of the rest."""
    pages, start, end = tmp_path / "pages", tmp_path / "start.pt", tmp_path / "end.pt"
    pages.mkdir()
    for number in range(2):
        photos = {name: scene[name] for name in ("products", "product_parts")}
        np.savez(pages / f"scene_{number:06d}.npz", **photos)
    before = {"geometry": {"weights": {"x": torch.ones(2)}, "iteration": 7, "minutes": 3.0}}
    weights = load_task("parser", None).state_dict()
    torch.save(before | {"parser": {"weights": weights, "iteration": 40, "minutes": 2.0}}, start)
    folders = ["--scenes", str(pages), "--validation", str(pages), "--run", str(tmp_path / "run")]
    budget = ["--task", "parser", "--iterations", "2", "--batch", "2"]
    train([*folders, *budget, "--start-from", str(start), "--compact", str(end)])
    found = torch.load(end, weights_only=True)
    assert found["parser"]["iteration"] == 42 and 2 < found["parser"]["minutes"] < 4
    assert torch.equal(found["geometry"].pop("weights")["x"], before["geometry"].pop("weights")["x"])
    assert found["geometry"] == before["geometry"]
    train([*folders, *budget, "--start-from", str(start), "--compact", str(end), "--share", "0.25"])
    learned, shared = collect(tmp_path / "run")["parser"]["weights"], torch.load(end, weights_only=True)
    for key, value in shared["parser"]["weights"].items():
        wanted = 0.75 * weights[key].float() + 0.25 * learned[key].float()
        torch.testing.assert_close(
            value.float(), wanted if value.is_floating_point() else learned[key].float(), atol=2e-3, rtol=2e-3
        )


def test_trained_weights_reach_the_export(scenes_folder: Path, tmp_path: Path) -> None:
    trainer = Trainer(load_task("parser", None), settings(scenes_folder, tmp_path, 0.001))
    trainer.run()
    found = collect(tmp_path)
    assert found["parser"]["iteration"] == trainer.iteration
    weight = next(p for p in networks(found).parser.parameters() if p.numel() >= 64)
    assert torch.equal(weight, weight.half().float())
    trained, exported = trainer.average.parser.head.weight, networks(found).parser.head.weight
    torch.testing.assert_close(exported, trained, atol=1e-3, rtol=1e-3)
