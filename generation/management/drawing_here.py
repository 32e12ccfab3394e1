"""Draw an order in this very process into a folder, with fewer images at once where memory ends."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from numpy.typing import NDArray

from generation.actions.drawing import draw_what_can_be
from generation.actions.memory import is_out_of_memory
from generation.actions.orders import shares
from generation.diffusion.attention.files import to_bytes
from generation.diffusion.attention.wanted import Kept, Wanted
from generation.diffusion.errors import DrawingError
from generation.diffusion.material import Material
from generation.diffusion.recipe import Recipe
from generation.management.drawing_progress import DrawingProgress
from generation.management.drawn_folder import DrawnFolder
from generation.models import BatchLine
from lungstudy.library.pixels.encoding import encode_png
from lungstudy.library.pixels.hashes import pixel_sha256

COLUMNS = ("file", "finding", *Recipe.__dataclass_fields__, "recipe_sha256", "pixel_sha256")
TOO_LARGE = (
    "This machine has too little memory for one image of this size by this model; draw smaller ones with --size."
)


@dataclass(frozen=True)
class Drawing:
    """What images are drawn with, and where they go; `versions` stand in the row of each.

    `lacking` has the reason of each that the model computed no picture of, by its file's name, with its seed.
    """

    pipeline: Any
    material: Material
    wanted: Wanted
    lines: Sequence[BatchLine]
    versions: dict[str, str]
    folder: DrawnFolder
    progress: DrawingProgress
    lacking: dict[str, tuple[int, str]] = field(default_factory=dict)

    def draw_all(self, shape: int) -> None:
        """All lines, `shape` images at once or as many as fit; the shape is part of each recipe.

        Raises
        ------
        MemoryError and what torch has in its place
            Not even one image fits.
        """
        names, waiting = names_of(self.lines), list(shares(self.lines, shape))
        while waiting:
            if self.fits(waiting[0], shape, names):
                del waiting[0]
                continue
            shape //= 2
            waiting = [
                range(start, min(start + shape, share.stop))
                for share in waiting
                for start in range(share.start, share.stop, shape)
            ]
            self.progress.say(
                f"{2 * shape} images at once do not fit into memory, so {shape} are drawn at once from here on."
            )

    def fits(self, share: range, shape: int, names: Sequence[str]) -> bool:
        """Draw these images and write them; False where they have no room in memory, but fewer might."""
        owners = [next(line for line in self.lines if index in line.indexes) for index in share]
        recipes = [replace(line.recipe(index), batch_shape=shape) for line, index in zip(owners, share, strict=True)]
        try:
            images, attention, reason = draw_what_can_be(
                self.pipeline, recipes, self.on_step(recipes), self.material, self.wanted
            )
        except Exception as error:
            if shape == 1 or not is_out_of_memory(error):
                raise
            return False
        for at, (index, line, recipe, pixels) in enumerate(zip(share, owners, recipes, images, strict=True)):
            if pixels is None:
                self.lacking[names[index]] = (recipe.seed, reason)
            else:
                self.write(names[index], line, recipe, pixels, attention[at] if attention else None)
        self.progress.drawn(self.folder.n)
        return True

    def refuse_lacking(self) -> None:
        """Say at the end which images are not there.

        Raises
        ------
        DrawingError
            The model computed no picture of some.
        """
        if not self.lacking:
            return
        seeds = ", ".join(str(seed) for seed, _ in self.lacking.values())
        one, (_, reason) = len(self.lacking) == 1, next(iter(self.lacking.values()))
        raise DrawingError(
            f"{', '.join(self.lacking)} ({'seed' if one else 'seeds'} {seeds}) {'is' if one else 'are'} missing and "
            f"{self.folder.n} images are in {self.folder.folder}: {reason[0].lower()}{reason[1:]}"
        )

    def on_step(self, recipes: Sequence[Recipe]) -> Callable[[int], None]:
        """Counts a step of a group as its share of the group's images."""
        each, done = len(recipes) / recipes[0].steps_taken, self.folder.n
        return lambda step: self.progress.drawing(done, step * each)

    def write(self, name: str, line: BatchLine, recipe: Recipe, pixels: NDArray[Any], kept: Kept | None) -> None:
        """The image, its row, and beside it under its name what was kept of the attention; what was missing is said."""
        files = {name: encode_png(pixels)}
        if kept:
            files[f"{name.removesuffix('.png')}.safetensors"] = to_bytes(kept)
        self.folder.add({**row_of(recipe, pixels), "file": name, "finding": line.finding, **self.versions}, files)
        for reason in kept.missing.values() if kept else ():
            self.progress.say(f"{name}: {reason}")


def names_of(lines: Sequence[BatchLine]) -> list[str]:
    """A file name for each image: its seed, behind its prompt's number where there are several."""
    prompts = list(dict.fromkeys((line.prompt, line.negative_prompt) for line in lines))
    several = len(prompts) > 1
    return [
        f"{prompts.index((line.prompt, line.negative_prompt)) + 1}-{seed}.png" if several else f"{seed}.png"
        for line in lines
        for seed in range(line.first_seed, line.last_seed + 1)
    ]


def row_of(recipe: Recipe, pixels: NDArray[Any]) -> dict[str, Any]:
    """The recipe's fields, empty where it has none, and both hashes."""
    fields = dict.fromkeys(COLUMNS, "") | {name: in_a_cell(value) for name, value in recipe.as_json().items()}
    return {**fields, "recipe_sha256": recipe.sha256(), "pixel_sha256": pixel_sha256(pixels)}


def in_a_cell(value: Any) -> Any:
    """Adapters and the start as JSON, everything else as it is."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | tuple) else value
