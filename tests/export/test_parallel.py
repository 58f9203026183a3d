"""Two gloo processes learn as one that averages: weights stay equal, and are those of the mean gradient."""

import copy
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from parallel_steps import STEPS, batch, settings
from torch import nn

from lookglass_export.training.errors import TrainingError
from lookglass_export.training.loop import Scenes, Trainer
from lookglass_export.training.ranks import Ranks
from lookglass_export.training.weights import load_task


def torchrun(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [*command, *arguments], env=environment, capture_output=True, text=True, timeout=240, check=True
    )


def averaged_by_hand(scenes: Path, run: Path) -> nn.Module:
    """One process: a copy of the network for each part, means of gradients and of batch statistics."""
    torch.manual_seed(0)
    trainer = Trainer(load_task("parser", None), settings(scenes, run))
    task, optimizer = trainer.task.train(), trainer.optimizer
    for group in optimizer.param_groups:
        group["lr"] = 0.0
    for step in range(STEPS):
        copies = [copy.deepcopy(task) for _ in range(2)]
        for rank, one in enumerate(copies):
            with torch.autocast("cpu", torch.bfloat16):
                losses = one.losses(batch(one, scenes, rank))
            torch.stack(list(losses.values())).sum().backward()
        for mean, *parts in zip(task.parameters(), *(one.parameters() for one in copies), strict=True):
            mean.grad = torch.stack([part.grad for part in parts]).mean(0)
        for mean, *parts in zip(task.buffers(), *(one.buffers() for one in copies), strict=True):
            mean.copy_(torch.stack([part.float() for part in parts]).mean(0))
        nn.utils.clip_grad_norm_(task.parameters(), 2.0)
        for group in optimizer.param_groups:
            group["lr"] = trainer.settings.learning_rate * (step + 1) / trainer.settings.warm_up
        optimizer.step()
    return task


def test_two_processes_are_one_that_averages(scenes_folder: Path, tmp_path: Path) -> None:
    script = Path(__file__).with_name("parallel_steps.py")
    torchrun(str(script), str(scenes_folder), str(tmp_path))
    first, second = (torch.load(tmp_path / f"rank{rank}.pt", weights_only=True) for rank in (0, 1))
    assert first["count"] == second["count"] == 2
    assert first["agreed"] == second["agreed"] == 7
    expected = averaged_by_hand(scenes_folder, tmp_path).state_dict()
    fresh = load_task("parser", None).state_dict()
    for name, value in first["task"].items():
        assert torch.equal(value, second["task"][name]), name
        torch.testing.assert_close(value, expected[name], atol=1e-5, rtol=1e-4, msg=name)
    assert not torch.equal(first["task"]["parser.head.weight"], fresh["parser.head.weight"])


def test_the_command_under_torchrun_writes_one_checkpoint(scenes_folder: Path, tmp_path: Path) -> None:
    torchrun(
        # Without the dashes torchrun takes --run for an abbreviation of its own --run-path.
        *("-m", "--", "lookglass_export", "train", "--task", "parser", "--minutes", "0.02", "--batch", "1"),
        *("--scenes", str(scenes_folder), "--validation", str(scenes_folder), "--run", str(tmp_path)),
    )
    alone = Trainer(load_task("parser", None), settings(scenes_folder, tmp_path))
    assert alone.iteration > 0
    assert alone.minutes >= 0.02
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "parser.pt"]
    assert len(list((tmp_path / "log").iterdir())) == 1


class Shares:
    """A task that says which scene an example is of."""

    @staticmethod
    def examples(scene, rng):
        return {"scene": scene.arrays["number"], "draw": rng.random((1,))}


def test_every_scene_of_an_epoch_goes_to_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    for number in range(8):
        np.savez(tmp_path / f"{number}.npz", number=np.array([number]))
    seen, draws = [], []
    for rank in range(2):
        monkeypatch.setenv("RANK", str(rank))
        monkeypatch.setenv("WORLD_SIZE", "2")
        stream = iter(Scenes(Shares(), settings(tmp_path, tmp_path), 0, Ranks()))
        found = next(stream)
        seen += found["scene"].tolist()
        draws += found["draw"].tolist()
    assert sorted(seen) == list(range(8))
    assert len(set(draws)) == 8


def test_several_machines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    with pytest.raises(TrainingError, match="one machine"), Ranks():
        pass


def test_too_few_scenes_are_said(scenes_folder: Path, tmp_path: Path) -> None:
    trainer = Trainer(load_task("parser", None), settings(scenes_folder, tmp_path))
    with pytest.raises(TrainingError, match="holds 2 scenes, a step needs 4"):
        trainer.run()
