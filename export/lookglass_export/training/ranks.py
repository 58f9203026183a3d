"""Data parallel training: the processes that `torchrun` started, and what they must agree on."""

import os
from collections.abc import Iterable
from types import TracebackType
from typing import Self

import torch
from torch import Tensor, distributed

from lookglass_export.training.errors import TrainingError


class Ranks:
    """The processes that train together, one to a GPU or, over gloo, to a share of the cores.

    All of one machine, and talking over its loopback interface alone. Without `torchrun` there is one, and
    nothing is sent.

    Attributes:
        rank: number of this process, from 0.
        count: how many there are.
        device: where this one computes.
    """

    def __init__(self) -> None:
        self.rank, self.count = (int(os.environ.get(n, d)) for n, d in (("RANK", 0), ("WORLD_SIZE", 1)))
        on_gpu = torch.cuda.is_available()
        self.device = (
            torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if on_gpu else torch.device("cpu")
        )

    @property
    def leads(self) -> bool:
        """Whether this process keeps the averaged weights, validates, logs and writes checkpoints."""
        return self.rank == 0

    def __enter__(self) -> Self:
        """Join the others.

        Raises:
            TrainingError: they are spread over several machines.
        """
        if self.count > int(os.environ.get("LOCAL_WORLD_SIZE", self.count)):
            raise TrainingError("training runs on one machine: start torchrun without --nnodes.")
        if self.device.type == "cuda":
            torch.cuda.set_device(self.device)
        if self.count > 1:
            os.environ |= {"GLOO_SOCKET_IFNAME": "lo", "NCCL_SOCKET_IFNAME": "lo"}
            distributed.init_process_group("nccl" if self.device.type == "cuda" else "gloo")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self.count > 1:
            distributed.destroy_process_group()

    @torch.no_grad()
    def average(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor by its mean over the processes, in place and in one message."""
        if self.count == 1:
            return
        tensors = list(tensors)
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        distributed.all_reduce(flat)
        flat /= self.count
        for tensor, mean in zip(tensors, flat.split([t.numel() for t in tensors]), strict=True):
            tensor.copy_(mean.view_as(tensor))

    @torch.no_grad()
    def share(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor by that of the first process."""
        if self.count > 1:
            for tensor in tensors:
                distributed.broadcast(tensor, 0)

    def agree(self, value: float) -> float:
        """The first process's value."""
        agreed = torch.tensor(value, dtype=torch.float64, device=self.device)
        self.share([agreed])
        return float(agreed)
