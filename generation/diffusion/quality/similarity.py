"""How alike images of one set are: structural similarity over several scales, of random pairs."""

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

# Wang, Simoncelli and Bovik (2003), section 3.2; the window and constants of Wang et al. (2004).
WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
WINDOW, SPREAD = 11, 1.5
C1, C2 = 0.01**2, 0.03**2
MOST_PAIRS = 500
PAIRS_AT_ONCE = 32


def scales_for(size: int) -> int:
    """Scales at which the window still fits, five at most: 128 pixels have four."""
    return min(len(WEIGHTS), int(math.log2(size / WINDOW)) + 1)


def ms_ssim(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Of each pair of pictures (n, 1, size, size) from 0 to 1; the weights of the scales that fit add up to 1.

    References
    ----------
    Wang, Simoncelli and Bovik (2003), Asilomar Conf. Signals 37:1398-1402. doi:10.1109/ACSSC.2003.1292216
    """
    scales = scales_for(one.shape[-1])
    weights = np.array(WEIGHTS[:scales]) / sum(WEIGHTS[:scales])
    product = torch.ones(len(one), dtype=one.dtype)
    for scale, weight in enumerate(weights):
        whole, contrast = _ssim(one, other)
        part = whole if scale == scales - 1 else contrast
        product = product * part.clamp(min=0) ** float(weight)
        one, other = F.avg_pool2d(one, 2), F.avg_pool2d(other, 2)
    return product


def _ssim(one: torch.Tensor, other: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Similarity, and its contrast and structure alone, averaged over each picture."""
    window = _window(one.dtype)
    stacked = torch.cat([one, other, one * one, other * other, one * other])
    mean_a, mean_b, aa, bb, ab = F.conv2d(stacked, window).chunk(5)
    covariance, variances = ab - mean_a * mean_b, aa - mean_a**2 + bb - mean_b**2
    contrast = (2 * covariance + C2) / (variances + C2)
    light = (2 * mean_a * mean_b + C1) / (mean_a**2 + mean_b**2 + C1)
    return (light * contrast).mean(dim=(1, 2, 3)), contrast.mean(dim=(1, 2, 3))


def _window(dtype: torch.dtype) -> torch.Tensor:
    at = torch.arange(WINDOW, dtype=dtype) - WINDOW // 2
    line = torch.exp(-(at**2) / (2 * SPREAD**2))
    line = line / line.sum()
    return (line[:, None] * line)[None, None]


def pairs_of(n: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Random pairs (pairs, 2) that share no image, so that their values are independent."""
    mixed = generator.permutation(n)[: 2 * min(n // 2, MOST_PAIRS)]
    return mixed.reshape(-1, 2)


def similarities(pictures: NDArray[np.uint8]) -> NDArray[Any]:
    """Of the pictures (2 pairs, size, size) 0 and 1, 2 and 3, and so on."""
    unit = torch.from_numpy(pictures.astype(np.float32) / 255)[:, None]
    found = [
        ms_ssim(unit[start : start + 2 * PAIRS_AT_ONCE : 2], unit[start + 1 : start + 2 * PAIRS_AT_ONCE : 2])
        for start in range(0, len(unit), 2 * PAIRS_AT_ONCE)
    ]
    return torch.cat(found).double().numpy()
