"""DenseNet-121 as TorchXRayVision trains it on chest radiographs, with weights that the site was given.

The layers bear torchvision's names, so that the weights load as they are; TorchXRayVision itself is not needed.
"""

import hashlib
from collections import OrderedDict
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from generation.diffusion.errors import ModelError

BLOCKS = (6, 12, 24, 16)
GROWTH = 32
FIRST = 64
BOTTLENECK = 4 * GROWTH
SIDE = 224
# TorchXRayVision's grey levels run from -1024 to 1024.
RANGE = 1024.0
PREFIX = "features."


class DenseLayer(nn.Module):
    """Adds 32 channels to those that came, through a bottleneck of 128 (Huang et al. 2017, section 3)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv1 = nn.Conv2d(channels, BOTTLENECK, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(BOTTLENECK)
        self.conv2 = nn.Conv2d(BOTTLENECK, GROWTH, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """What came, and the new channels behind it."""
        new: Tensor = self.conv2(F.relu(self.norm2(self.conv1(F.relu(self.norm1(x))))))
        return torch.cat([x, new], dim=1)


def densenet_features() -> nn.Sequential:
    """DenseNet-121 up to its last normalisation, for one grey channel.

    References
    ----------
    Huang et al. (2017), arXiv:1608.06993, table 1; Cohen et al. (2022), TorchXRayVision, arXiv:2111.00595.
    """
    parts: OrderedDict[str, nn.Module] = OrderedDict(
        conv0=nn.Conv2d(1, FIRST, 7, stride=2, padding=3, bias=False),
        norm0=nn.BatchNorm2d(FIRST),
        relu0=nn.ReLU(),
        pool0=nn.MaxPool2d(3, stride=2, padding=1),
    )
    channels = FIRST
    for number, layers in enumerate(BLOCKS, start=1):
        names = [f"denselayer{at}" for at in range(1, layers + 1)]
        parts[f"denseblock{number}"] = nn.Sequential(
            OrderedDict((name, DenseLayer(channels + at * GROWTH)) for at, name in enumerate(names))
        )
        channels += layers * GROWTH
        if number < len(BLOCKS):
            parts[f"transition{number}"] = _transition(channels)
            channels //= 2
    parts["norm5"] = nn.BatchNorm2d(channels)
    return nn.Sequential(parts)


def _transition(channels: int) -> nn.Sequential:
    return nn.Sequential(
        OrderedDict(
            norm=nn.BatchNorm2d(channels),
            relu=nn.ReLU(),
            conv=nn.Conv2d(channels, channels // 2, 1, bias=False),
            pool=nn.AvgPool2d(2),
        )
    )


class XRayNet:
    """1,024 numbers of each picture: the last channels, averaged over the picture."""

    name = "xrv-densenet121"
    title = "DenseNet-121 of TorchXRayVision's shape, 1,024 numbers"
    dimensions = 1024

    def __init__(self, net: nn.Sequential, sha256: str) -> None:
        self.net, self.sha256 = net, sha256

    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Features of pictures (n, size, size), which are read at 224 x 224."""
        with torch.inference_mode():
            unit = torch.from_numpy(pictures.astype(np.float32))[:, None] / 127.5 - 1
            small = F.interpolate(unit, (SIDE, SIDE), mode="bilinear", antialias=True, align_corners=False)
            found = F.relu(self.net(small * RANGE)).mean(dim=(2, 3))
        return np.asarray(found.double().numpy())


@lru_cache(maxsize=1)
def xray_net(weights: Path) -> XRayNet:
    """The net with these weights.

    Raises
    ------
    ModelError
        The file is missing, no safetensors, or holds another net's weights.
    """
    if weights.suffix != ".safetensors" or not weights.is_file():
        raise ModelError(
            f"There are no weights at {weights} on the worker's machine, or they are no .safetensors file; see "
            "docs/quality.md for how to get them, or measure with the features that need no file."
        )
    try:
        held = load_file(weights)
    except SafetensorError as error:
        raise ModelError(f"{weights.name} cannot be read as safetensors; write it again.") from error
    net = densenet_features().eval()
    mine = {name.removeprefix(PREFIX): one for name, one in held.items() if name.startswith(PREFIX)}
    try:
        net.load_state_dict(mine)
    except RuntimeError as error:
        raise ModelError(
            f"{weights.name} does not hold the weights of a DenseNet-121 with one grey channel; give those of "
            "TorchXRayVision."
        ) from error
    return XRayNet(net, hashlib.sha256(weights.read_bytes()).hexdigest())
