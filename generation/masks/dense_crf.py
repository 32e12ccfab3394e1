"""A fully connected CRF of two labels over a grey picture: nearby pixels of like grey level go together.

Mean field after Krähenbühl and Koltun; the long-range sums run over a bilateral grid (Chen et al. 2007) of rows,
columns and grey levels instead of their permutohedral lattice: a grey picture needs three dimensions only.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, sparse

from generation.masks.errors import MaskSizeError
from generation.masks.planes import Grey, Plane

CELLS_PER_SIGMA = 2
"""Grid cells in one standard deviation of the long-range kernel."""
MARGIN = 3
"""Empty cells around the grid, so that blurring loses nothing at its edge."""
FLOOR = 1e-6


@dataclass(frozen=True)
class CrfConstants:
    """Weights and reaches of both kernels. Pixels are those of a picture whose longest side is `of_side`."""

    smooth_weight: float = 3.0
    smooth_pixels: float = 3.0
    alike_weight: float = 10.0
    alike_pixels: float = 80.0
    # 13 levels in each of three equal colour channels are 13 / √3 of one grey channel.
    alike_levels: float = 13.0 / 3**0.5
    iterations: int = 10
    of_side: int = 512

    def for_side(self, side: int) -> "CrfConstants":
        """The same reaches on a picture of another longest side, in its pixels."""
        scale = side / self.of_side
        return CrfConstants(
            self.smooth_weight, self.smooth_pixels * scale, self.alike_weight, self.alike_pixels * scale,
            self.alike_levels, self.iterations, side,
        )  # fmt: skip


PUBLISHED = CrfConstants()
"""DiffuMask's last step: Gauss 3 px, weight 3; bilateral 80 px and 13 levels, weight 10; 10 iterations, at 512 px."""


class BilateralGrid:
    """Sums over all pixels, weighted by nearness in place and grey level; linear in and linear out of a coarse grid."""

    def __init__(self, picture: Grey, pixels: float, levels: float) -> None:
        steps = [pixels / CELLS_PER_SIGMA, pixels / CELLS_PER_SIGMA, levels / CELLS_PER_SIGMA]
        axes: list[Plane] = [*np.indices(picture.shape, dtype=np.float32), picture.astype(np.float32)]
        places = [axis.ravel() / step + MARGIN for axis, step in zip(axes, steps, strict=True)]
        self.cells = tuple(int(place.max()) + MARGIN + 2 for place in places)
        self.slicing = _interpolation(places, self.cells)
        self.splatting = self.slicing.T
        # Linear interpolation, once in and once out, blurs by a sixth of a cell² each time.
        self.sigma = (CELLS_PER_SIGMA**2 - 1 / 3) ** 0.5

    def __call__(self, values: Plane) -> Plane:
        grid = (self.splatting @ values.ravel()).reshape(self.cells)
        for axis in range(3):
            grid = ndimage.gaussian_filter1d(grid, self.sigma, axis=axis, mode="constant", truncate=3.5)
        return np.asarray(self.slicing @ grid.ravel(), dtype=np.float32).reshape(values.shape)


def _interpolation(places: list[np.ndarray], cells: tuple[int, ...]) -> sparse.csr_array:
    """Trilinear weights of each pixel in the eight cells around it: (pixels, cells), CSR laid out directly."""
    lows = [place.astype(np.int32) for place in places]
    shares = [place - low for place, low in zip(places, lows, strict=True)]
    index = np.empty((len(places[0]), 8), dtype=np.int32)
    weight = np.empty((len(places[0]), 8), dtype=np.float32)
    base = (lows[0] * cells[1] + lows[1]) * cells[2] + lows[2]
    for corner in range(8):
        up = [corner >> 2 & 1, corner >> 1 & 1, corner & 1]
        index[:, corner] = base + (up[0] * cells[1] + up[1]) * cells[2] + up[2]
        parts = [share if one else 1 - share for share, one in zip(shares, up, strict=True)]
        weight[:, corner] = parts[0] * parts[1] * parts[2]
    starts = np.arange(0, 8 * len(base) + 1, 8, dtype=np.int32)
    return sparse.csr_array((weight.ravel(), index.ravel(), starts), shape=(len(base), int(np.prod(cells))))


def refine_by_crf(picture: Grey, probability: Plane, constants: CrfConstants = PUBLISHED) -> Plane:
    """Mean-field probability of the structure after the CRF's iterations.

    Both kernels are normalised symmetrically (D^-1/2 K D^-1/2), as in the authors' published code.

    Parameters
    ----------
    picture : uint8 array (rows, columns)
        Grey levels.
    probability : float array (rows, columns)
        Of the structure before, in [0, 1].

    Returns
    -------
    float32 array (rows, columns)
        In [0, 1].

    Raises
    ------
    MaskSizeError
        If picture and probability differ in size.

    References
    ----------
    Krähenbühl and Koltun (2011), NeurIPS 24, algorithm 1, arXiv:1210.5644. Chen, Paris and Durand (2007), ACM Trans.
    Graph. 26(3):103.
    """
    if picture.shape != probability.shape:
        raise MaskSizeError(f"a picture of {picture.shape} cannot go with a map of {probability.shape}.")
    kernels = _kernels(picture, constants.for_side(max(picture.shape)))
    clipped = np.clip(probability, FLOOR, 1 - FLOOR)
    evidence = np.log(clipped) - np.log1p(-clipped)
    # Two labels need one field: what speaks for the structure minus what speaks against it.
    belief = clipped
    for _ in range(constants.iterations):
        support = sum(weight * (2 * near(belief) - everywhere) for weight, near, everywhere in kernels)
        belief = _logistic(evidence + support)
    return belief


def _logistic(logit: Plane) -> Plane:
    return np.asarray(1 / (1 + np.exp(-logit)), dtype=np.float32)


def _kernels(picture: Grey, constants: CrfConstants) -> list[tuple[float, "_Normalised", Plane]]:
    """Each kernel with its weight and with what it makes of ones."""
    grid = BilateralGrid(picture, constants.alike_pixels, constants.alike_levels)
    pairs = [(constants.smooth_weight, _Normalised(_Blur(constants.smooth_pixels), picture.shape)),
             (constants.alike_weight, _Normalised(grid, picture.shape))]  # fmt: skip
    ones = np.ones(picture.shape, dtype=np.float32)
    return [(weight, kernel, kernel(ones)) for weight, kernel in pairs]


class _Blur:
    """The short-range kernel: distance alone."""

    def __init__(self, pixels: float) -> None:
        self.pixels = pixels

    def __call__(self, values: Plane) -> Plane:
        return np.asarray(ndimage.gaussian_filter(values, self.pixels, mode="constant", truncate=3.0), np.float32)


class _Normalised:
    """D^-1/2 K D^-1/2 of a kernel K, D its row sums."""

    def __init__(self, kernel: "BilateralGrid | _Blur", size: tuple[int, ...]) -> None:
        self.kernel = kernel
        sums = np.maximum(kernel(np.ones(size, dtype=np.float32)), FLOOR)
        self.root: Plane = np.asarray(1 / np.sqrt(sums), dtype=np.float32)

    def __call__(self, values: Plane) -> Plane:
        weighted = np.asarray(self.root * values, dtype=np.float32)
        return np.asarray(self.root * self.kernel(weighted), dtype=np.float32)
