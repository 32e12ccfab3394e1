"""Many prompts from one wording: placeholders and their choices, and the seeds of each prompt's images."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from generation.actions.orders import HIGHEST_SEED, MOST_IMAGES, OrderLine

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
RANGE = re.compile(r"(\d+)(?:\s*[-–]\s*(\d+))?")
FINDING = "finding"


class LinesError(ValueError):
    """Why no lines can be made of what was typed; `field` is where it was typed."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The texts of a line."""

    prompt: str
    negative_prompt: str = ""
    finding: str = ""


@dataclass(frozen=True, kw_only=True)
class Seeds:
    """Which seeds each prompt's images have.

    `ranges` are the very seeds of every prompt. Without them there are `count` images a prompt from `first` on: each
    prompt goes on where the one before ended, or all start there, for pairs that share their noise.
    """

    first: int = 0
    count: int = 1
    ranges: tuple[range, ...] = ()
    same: bool = False

    def of(self, n_prompts: int) -> Iterator[tuple[range, ...]]:
        """The seeds of each prompt."""
        for place in range(n_prompts):
            start = self.first + (0 if self.same else place * self.count)
            yield self.ranges or (range(start, start + self.count),)


def lines_of(wordings: Sequence[Wording], seeds: Seeds) -> tuple[OrderLine, ...]:
    """A line for each wording and each of its runs of seeds.

    Raises
    ------
    LinesError
        Too many images, or seeds above the highest.
    """
    pairs = zip(wordings, seeds.of(len(wordings)), strict=True)
    return within_limits(
        OrderLine(**vars(wording), first_seed=run.start, count=len(run)) for wording, runs in pairs for run in runs
    )


def within_limits(lines: Iterable[OrderLine]) -> tuple[OrderLine, ...]:
    """The lines, if their images are not too many and their seeds not too high; raises LinesError."""
    asked = tuple(lines)
    count = sum(line.count for line in asked)
    if count > MOST_IMAGES:
        raise LinesError(
            "count",
            f"That would be {count:,} images, and a batch draws {MOST_IMAGES:,} at most; queue several.",
        )
    if any(line.first_seed + line.count - 1 > HIGHEST_SEED for line in asked):
        raise LinesError("first_seed", f"The last image would have a seed above {HIGHEST_SEED}; start lower.")
    return asked


def wordings_of(template: Wording, choices: Mapping[str, Sequence[str]]) -> list[Wording]:
    """Every combination of choices put into the texts, the last placeholder changing fastest.

    With a placeholder {finding} and no label given, each image is labelled with its finding.

    Raises
    ------
    LinesError
        A placeholder has no choices, or choices no placeholder.
    """
    named = placeholders(template.prompt, template.negative_prompt, template.finding)
    if lost := [name for name in named if name not in choices]:
        raise LinesError("choices", f"Say what {{{lost[0]}}} stands for, on a line such as: {lost[0]}: first, second")
    if idle := [name for name in choices if name not in named]:
        raise LinesError("choices", f"No prompt has {{{idle[0]}}}; put it where a choice goes, or leave it out.")
    label = template.finding or ("{finding}" if FINDING in named else "")
    rounds = product(*(choices[name] for name in named))
    filled = [dict(zip(named, chosen, strict=True)) for chosen in rounds]
    texts = (template.prompt, template.negative_prompt, label)
    return [
        Wording(prompt=prompt, negative_prompt=negative, finding=finding)
        for prompt, negative, finding in (tuple(put_in(text, chosen) for text in texts) for chosen in filled)
    ]


def placeholders(*texts: str) -> list[str]:
    """The names between braces, in the order in which they first come."""
    return list(dict.fromkeys(name.strip() for text in texts for name in PLACEHOLDER.findall(text)))


def put_in(text: str, chosen: Mapping[str, str]) -> str:
    """The text with each placeholder's choice."""
    return PLACEHOLDER.sub(lambda found: chosen[found[1].strip()], text)


def choices_from(text: str) -> dict[str, tuple[str, ...]]:
    """Lines of "name: first, second".

    Raises
    ------
    LinesError
        A line is none of these, or names a placeholder again.
    """
    choices: dict[str, tuple[str, ...]] = {}
    for line in filter(str.strip, text.splitlines()):
        name, colon, rest = line.partition(":")
        values = tuple(dict.fromkeys(value.strip() for value in rest.split(",") if value.strip()))
        name = name.strip().strip("{}").strip()
        if not colon or not name or not values:
            raise LinesError("choices", f"“{line.strip()}” is not of the form: side: left, right")
        if name in choices:
            raise LinesError("choices", f"{{{name}}} has two lines of choices; put them into one.")
        choices[name] = values
    return choices


def seed_ranges(text: str) -> tuple[range, ...]:
    """Seeds written as "1-50, 100".

    Raises
    ------
    LinesError
        A piece is no seed and no range, ends before it starts, or names a seed again.
    """
    ranges: list[range] = []
    for piece in filter(None, (piece.strip() for piece in text.split(","))):
        found = RANGE.fullmatch(piece)
        if found is None:
            raise LinesError("seeds", f"“{piece}” is no seed and no range of seeds; write them as 1-50, 100.")
        run = range(int(found[1]), int(found[2] or found[1]) + 1)
        if not run:
            raise LinesError("seeds", f"The range {piece} ends before it starts.")
        if any(run.start < other.stop and other.start < run.stop for other in ranges):
            raise LinesError("seeds", f"The seeds {piece} are named twice; name each once.")
        ranges.append(run)
    return tuple(ranges)
