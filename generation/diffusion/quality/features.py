"""Nets that turn pictures into features. The default needs no download: fixed random weights, the same everywhere."""

import hashlib
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

CHANNELS = (1, 16, 32, 64, 64, 64)
GRID = 4
DIMENSIONS = 64
SEED = 20200720
SIDE_LOW_PASS = 32
CLOUDS = 64


@dataclass(frozen=True)
class Described:
    """One set of images as numbers: features (n, dimensions) and pictures squeezed and standardised (n, 1024)."""

    features: NDArray[np.float64]
    low_pass: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.features)

    def rows(self, chosen: NDArray[np.int64]) -> "Described":
        """Some of the images."""
        return Described(self.features[chosen], self.low_pass[chosen])


class RandomNet:
    """Five random convolutions; of each, mean and spread over a 4 x 4 grid, standardised, and mixed into 64 numbers.

    Random weights describe images far from photographs as well as trained ones do (Naeem et al. 2020,
    arXiv:2002.09797, section 4.1, also 64 numbers), prefer no generator's texture, and have no class list to favour
    (Kynkäänniemi et al. 2023, arXiv:2203.06026). The starter's own encoder is not used: it would be kind to its images.
    Each mean and spread is standardised over clouds with the spectrum of natural pictures (`clouds`): without that,
    brightness drowns fine detail, and a grain of 12 grey levels or a blur of 0.7 pixels goes unseen.
    """

    name = "random-64"
    title = "fixed random convolutions, 64 numbers"
    dimensions = DIMENSIONS

    def __init__(self) -> None:
        draw = np.random.Generator(np.random.PCG64(SEED))
        shapes = list(zip(CHANNELS[1:], CHANNELS[:-1], strict=True))
        kernels = [draw.standard_normal((out, into, 3, 3)) * np.sqrt(2 / (9 * into)) for out, into in shapes]
        pooled = 2 * GRID**2 * sum(CHANNELS[1:])
        self.kernels = [torch.from_numpy(kernel.astype(np.float32)) for kernel in kernels]
        self.mixing = draw.standard_normal((pooled, DIMENSIONS)) / np.sqrt(pooled)
        self._scales: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}

    @property
    def sha256(self) -> str:
        """Names the weights."""
        digest = hashlib.sha256()
        for weights in (*(kernel.numpy() for kernel in self.kernels), self.mixing):
            digest.update(np.ascontiguousarray(weights).tobytes())
        return digest.hexdigest()

    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Features of pictures (n, size, size); those of two sizes do not compare."""
        mean, spread = self._scale_for(pictures.shape[-1])
        return np.asarray((self._pooled(pictures) - mean) / spread @ self.mixing)

    def _scale_for(self, size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if size not in self._scales:
            pooled = self._pooled(clouds(CLOUDS, size))
            spread = pooled.std(axis=0)
            spread[spread < 1e-3] = np.inf  # a cell of one pixel has no spread of its own, and says nothing
            self._scales[size] = pooled.mean(axis=0), spread
        return self._scales[size]

    def _pooled(self, pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        parts = []
        with torch.inference_mode():
            x = torch.from_numpy(pictures.astype(np.float32) / 127.5 - 1)[:, None]
            for kernel in self.kernels:
                x = F.leaky_relu(F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), kernel), 0.2)
                mean = F.adaptive_avg_pool2d(x, GRID)
                spread = (F.adaptive_avg_pool2d(x * x, GRID) - mean**2).clamp(min=0).sqrt()
                parts += [mean.flatten(1), spread.flatten(1)]
                x = F.avg_pool2d(x, 2)
        return np.asarray(torch.cat(parts, dim=1).double().numpy())


def clouds(n: int, size: int) -> NDArray[np.uint8]:
    """Random pictures whose amplitudes fall as 1 / frequency, as those of natural pictures do.

    References
    ----------
    Field (1987), J. Opt. Soc. Am. A 4:2379-2394. doi:10.1364/JOSAA.4.002379
    """
    draw = np.random.Generator(np.random.PCG64(SEED))
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size))
    frequency[0, 0] = 1 / size
    waves = np.fft.irfft2(np.fft.rfft2(draw.standard_normal((n, size, size))) / frequency, s=(size, size))
    level = waves - waves.mean(axis=(1, 2), keepdims=True)
    level /= level.std(axis=(1, 2), keepdims=True)
    return np.asarray(np.clip(127.5 + 48 * level, 0, 255), dtype=np.uint8)


@cache
def default_net() -> RandomNet:
    """The one that needs no file."""
    return RandomNet()


def low_pass_of(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Pictures (n, size, size) squeezed onto 32 x 32 and standardised, so that a product is a correlation."""
    unit = torch.from_numpy(pictures.astype(np.float32))[:, None]
    small = F.adaptive_avg_pool2d(unit, SIDE_LOW_PASS).flatten(1).double().numpy()
    centred = small - small.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(lengths, 1e-12))
