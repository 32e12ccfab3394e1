"""The grids that a denoiser attends at, from its configuration. No torch here."""

from collections.abc import Mapping, Sequence
from typing import Any

from generation.diffusion.errors import DrawingError

Grid = tuple[int, int]
"""Rows, columns."""


def grids_of(config: Mapping[str, Any], latents: Grid) -> list[Grid]:
    """Every grid with cross-attention, the coarsest first; each level of the net halves the one before.

    References
    ----------
    Rombach et al. (2022), arXiv:2112.10752, appendix E.2: cross-attention in the blocks that are named so.
    """
    down, up = list(config["down_block_types"]), list(config["up_block_types"])
    levels = {level for level, name in enumerate(down) if "CrossAttn" in name}
    levels |= {len(up) - 1 - place for place, name in enumerate(up) if "CrossAttn" in name}
    if "CrossAttn" in (config.get("mid_block_type", "UNetMidBlock2DCrossAttn") or ""):
        levels.add(len(down) - 1)
    return sorted((-(-latents[0] // 2**level), -(-latents[1] // 2**level)) for level in levels)


def chosen(grids: Sequence[Grid], resolutions: Sequence[int]) -> list[Grid]:
    """Those with these numbers of rows, or all where none is named.

    Raises
    ------
    DrawingError
        The model does not attend at one of them.
    """
    rows = [rows for rows, _ in grids]
    if unknown := sorted(set(resolutions) - set(rows)):
        raise DrawingError(
            f"At this size the model attends at {', '.join(map(str, rows)) or 'no'} rows, not at "
            f"{', '.join(map(str, unknown))}; choose among those, or leave the choice empty for all."
        )
    return [grid for grid in grids if not resolutions or grid[0] in resolutions]
