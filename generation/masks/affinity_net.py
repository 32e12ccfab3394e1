"""A small net that learns from a batch's own confident regions which neighbouring places belong together."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import nn

from generation.masks.planes import Grey, Plane, miniature, shrunk, standardised
from generation.masks.random_walk import SIDE, offsets

INPUT_SIDE = 2 * SIDE
BATCH, RATE = 4, 3e-3
STEPS_A_PICTURE, LEAST_STEPS, MOST_STEPS = 10, 20, 150
OFFSETS_A_STEP = 6
"""Of the 34: a random few a step teach the same at a fifth of the cost."""
SURE_STRUCTURE, SURE_REST = 0.8, 0.2
"""Probabilities from which a node counts as structure or as surroundings; those between teach nothing."""
CHANNELS = 32


class AffinityNet(nn.Module):
    """Features on 64 x 64 nodes, 39 thousand parameters; two nodes' affinity is exp(-mean |difference|).

    Ahn and Kwak (2018), AffinityNet (PSA), arXiv:1803.10464, eq. 1; theirs stands on ResNet-38, far too large for a
    batch's own few pictures.
    """

    def __init__(self) -> None:
        super().__init__()
        first: list[nn.Module] = [nn.Conv2d(1, CHANNELS, 5, stride=2, padding=2), nn.ReLU()]
        body: list[nn.Module] = []
        for reach in (1, 2, 4, 1):
            body += [
                nn.Conv2d(CHANNELS, CHANNELS, 3, padding=reach, dilation=reach),
                nn.GroupNorm(4, CHANNELS),
                nn.ReLU(),
            ]
        self.layers = nn.Sequential(*first, *body, nn.Conv2d(CHANNELS, CHANNELS, 1))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """(n, 1, 128, 128) -> (n, 32, 64, 64)."""
        features: torch.Tensor = self.layers(pictures)
        return features


def pairs(values: torch.Tensor, dy: int, dx: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Views of (..., rows, columns): each place, and the place that lies by the offset beside it."""
    rows, columns = values.shape[-2:]
    here = values[..., : rows - dy, max(0, -dx) : columns - max(0, dx)]
    there = values[..., dy:, max(0, dx) : columns - max(0, -dx)]
    return here, there


def affinities_of(net: AffinityNet, picture: Grey) -> list[Plane]:
    """For each offset the affinity of every node with its neighbour; zero where that lies outside."""
    with torch.no_grad():
        features = net(standardised([miniature(picture, INPUT_SIDE)]))[0]
    planes = []
    for dy, dx in offsets():
        here, there = pairs(features, dy, dx)
        plane = np.zeros((SIDE, SIDE), dtype=np.float32)
        plane[: SIDE - dy, max(0, -dx) : SIDE - max(0, dx)] = torch.exp(-(here - there).abs().mean(dim=0)).numpy()
        planes.append(plane)
    return planes


def train_affinity(
    pictures: Sequence[Grey], probabilities: Sequence[Plane], seed: int, on_step: Callable[[float], None]
) -> AffinityNet:
    """Learn from nodes that are sure of their side; deterministic for a seed and a number of threads.

    Parameters
    ----------
    pictures : n uint8 arrays
    probabilities : n float arrays of their sizes, in [0, 1]
    on_step : called with the share of the training that is done; may raise to stop.
    """
    both = zip(pictures, probabilities, strict=True)
    small = [(miniature(picture, INPUT_SIDE), labels_of(probability)) for picture, probability in both]
    inputs = standardised([picture for picture, _ in small])
    labels = torch.from_numpy(np.stack([nodes for _, nodes in small]))
    rng = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = AffinityNet()
    steps = min(max(STEPS_A_PICTURE * len(inputs), LEAST_STEPS), MOST_STEPS)
    optimiser = torch.optim.Adam(net.parameters(), lr=RATE)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    for step in range(steps):
        chosen = torch.from_numpy(rng.choice(len(inputs), min(BATCH, len(inputs)), replace=False))
        few = [offsets()[index] for index in rng.choice(len(offsets()), OFFSETS_A_STEP, replace=False)]
        loss = affinity_loss(net(inputs[chosen]), labels[chosen], few)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        rate.step()
        on_step((step + 1) / steps)
    return net.eval()


def labels_of(probability: Plane) -> np.ndarray:
    """Nodes by what they are sure of: 1 structure, 0 surroundings, -1 neither."""
    nodes = shrunk(probability, (SIDE, SIDE))
    return np.where(nodes >= SURE_STRUCTURE, 1, np.where(nodes <= SURE_REST, 0, -1)).astype(np.int8)


def affinity_loss(features: torch.Tensor, labels: torch.Tensor, places: Sequence[tuple[int, int]]) -> torch.Tensor:
    """Mean over like pairs of surroundings / 4 + of structure / 4 + over unlike pairs / 2, cross-entropy each.

    Ahn and Kwak (2018), arXiv:1803.10464, eq. 3.
    """
    sums = [torch.zeros(()) for _ in range(3)]
    counts = [torch.zeros(()) for _ in range(3)]
    for dy, dx in places:
        here, there = pairs(features, dy, dx)
        distance = (here - there).abs().mean(dim=1)
        one, other = pairs(labels, dy, dx)
        unlike = -torch.log(-torch.expm1(-distance) + 1e-5)
        kinds = ((one == 0) & (other == 0), (one == 1) & (other == 1), (one >= 0) & (other >= 0) & (one != other))
        for kind, (chosen, cost) in enumerate(zip(kinds, (distance, distance, unlike), strict=True)):
            sums[kind] = sums[kind] + (cost * chosen).sum()
            counts[kind] = counts[kind] + chosen.sum()
    rest, structure, edge = (total / count.clamp_min(1) for total, count in zip(sums, counts, strict=True))
    return rest / 4 + structure / 4 + edge / 2


def parameters_of(net: nn.Module) -> int:
    """How many numbers a net learns."""
    return sum(one.numel() for one in net.parameters())
