"""Changes pictures at random so that few of them teach more: place, size, slant, grey levels, grain; torch only."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample


@dataclass(frozen=True)
class Augmentation:
    """How far pictures are changed; each change is drawn anew for every picture of every batch.

    Attributes
    ----------
    degrees, scale, shift, shear : float
        Largest turn; largest relative change of size; of place, as a share of the side; of slant.
    gamma : float
        Grey levels are raised to a power from exp(-gamma) to exp(gamma).
    brightness, contrast, grain : float
        Largest change of level; of spread; largest standard deviation of noise. Grey levels are 0 to 1.
    erased : float
        Side of the square that is blanked in half of the pictures, as a share of theirs; 0 for none.
    mirrored : bool
        Whether left and right may change places: only where the structure has no side.
    """

    degrees: float
    scale: float
    shift: float
    shear: float
    gamma: float
    brightness: float
    contrast: float
    grain: float
    erased: float = 0.0
    mirrored: bool = False


MODERATE = Augmentation(10, 0.1, 0.06, 0.05, 0.25, 0.08, 0.15, 0.03)
HEAVY = Augmentation(15, 0.2, 0.1, 0.1, 0.4, 0.15, 0.3, 0.06, erased=0.3)


def augmented(pictures: Tensor, masks: Tensor | None, how: Augmentation, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Both moved alike, the pictures' grey levels changed as well; without masks, the second is empty.

    Parameters
    ----------
    pictures, masks : tensor of float, shape (n, 1, side, side)
        Grey levels 0 to 1; 1 inside.
    """
    grid = affine_grid(_moves(len(pictures), how, rng), list(pictures.shape), align_corners=False)
    # The border goes on outside: black wedges would tell a net how far a picture was turned.
    moved = grid_sample(pictures, grid, padding_mode="border", align_corners=False)
    inside = torch.empty(0) if masks is None else grid_sample(masks, grid, align_corners=False).round()
    return _regraded(moved, how, rng), inside


def _moves(n: int, how: Augmentation, rng: torch.Generator) -> Tensor:
    """Affine maps from new places to old ones, shape (n, 2, 3)."""
    angle = torch.deg2rad(_between(n, how.degrees, rng))
    size, slant = torch.exp(_between(n, how.scale, rng)), _between(n, how.shear, rng)
    side = torch.where(torch.rand(n, generator=rng) < 0.5 * how.mirrored, -1.0, 1.0)
    cos, sin = torch.cos(angle) * size, torch.sin(angle) * size
    first = torch.stack([cos * side, -sin + slant, 2 * _between(n, how.shift, rng)], dim=1)
    second = torch.stack([sin * side, cos, 2 * _between(n, how.shift, rng)], dim=1)
    return torch.stack([first, second], dim=1)


def _regraded(pictures: Tensor, how: Augmentation, rng: torch.Generator) -> Tensor:
    n = len(pictures)
    power, level, spread = (_each(_between(n, most, rng)) for most in (how.gamma, how.brightness, how.contrast))
    changed = pictures.clamp(1e-4, 1) ** torch.exp(power)
    changed = (changed - 0.5) * torch.exp(spread) + 0.5 + level
    grain = how.grain * _each(torch.rand(n, generator=rng)) * torch.randn(pictures.shape, generator=rng)
    return _erased((changed + grain).clamp(0, 1), how, rng)


def _erased(pictures: Tensor, how: Augmentation, rng: torch.Generator) -> Tensor:
    """A square of middle grey somewhere in half of the pictures (DeVries and Taylor 2017, arXiv 1708.04552)."""
    side = pictures.shape[-1]
    width = round(how.erased * side)
    corners = torch.randint(0, side - width + 1, (len(pictures), 2), generator=rng).tolist()
    for picture, (top, left), rolled in zip(pictures, corners, torch.rand(len(pictures), generator=rng), strict=True):
        if width and rolled < 0.5:
            picture[:, top : top + width, left : left + width] = 0.5
    return pictures


def _between(n: int, most: float, rng: torch.Generator) -> Tensor:
    return (2 * torch.rand(n, generator=rng) - 1) * most


def _each(values: Tensor) -> Tensor:
    return values.view(-1, 1, 1, 1)
