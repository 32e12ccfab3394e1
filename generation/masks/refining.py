"""From pictures and their attention to scored masks: the one entry that workers and benchmarks call."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from generation.masks.cleaning import cleaned
from generation.masks.errors import EmptyMaskError, FullMaskError, MaskError, MaskSizeError
from generation.masks.finding import FINDERS, Found, Material
from generation.masks.fusing import Maps, fuse
from generation.masks.methods import DEFAULT_METHOD, METHODS
from generation.masks.one_by_one import OneByOne
from generation.masks.planes import Grey, Mask, Plane, Size
from generation.masks.scores import agreement, entropy_of, expected_dice, score_of
from generation.masks.thresholds import otsu


@dataclass(frozen=True)
class Options:
    """What a batch needs beside pictures and maps.

    Attributes
    ----------
    phrase : whose attention the maps are; for messages.
    names : the pictures' names, for messages; empty: their numbers from 1.
    groups : the pictures' patients, which folds never part; empty: each picture is its own.
    parts : connected parts to keep (lungs 2, a heart 1), with their holes filled; 0 keeps the mask as it is.
    seed : of folds and nets.
    """

    phrase: str = ""
    names: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    parts: int = 0
    seed: int = 0


DEFAULTS = Options()
LEARNING_SHARE = 0.5
"""Of the progress of a method that learns."""


def unheard(done: int) -> None:
    """Progress that nobody follows."""


@dataclass(frozen=True)
class Refined:
    """One picture's mask and what is known of its worth.

    Attributes
    ----------
    probability : of the structure, in [0, 1], at the picture's size.
    mask : where the probability is at least one half, cleaned.
    entropy : mean over pixels, in bits.
    agreement : Dice with the mask of a net that never saw the picture; None where the method trains none.
    score : in [0, 1], to sort by; see `scores.score_of`.
    """

    probability: Plane
    mask: Mask
    entropy: float
    agreement: float | None
    score: float


def refine(
    pictures: Sequence[Grey],
    maps: Sequence[Maps | None],
    method: str = DEFAULT_METHOD,
    options: Options = DEFAULTS,
    on_progress: Callable[[int], None] = unheard,
) -> list[Refined | MaskError]:
    """Masks of one structure in a batch of pictures.

    Parameters
    ----------
    pictures : n uint8 arrays (rows, columns), each of any size of its own
    maps : n mappings of resolution to attention, or None where nothing was captured
    method : a key of `METHODS`
    on_progress : called often with how many pictures' worth of work is done; may raise to stop.

    Returns
    -------
    list, one entry a picture
        The mask, or the error that says why there is none; one picture's error leaves the others alone.

    Raises
    ------
    ValueError
        If the method is unknown, the lists differ in length, or a method that learns has fewer than two groups.
    """
    return list(refine_each(pictures, maps, method, options, on_progress))


def refine_each(
    pictures: Sequence[Grey],
    maps: Sequence[Maps | None],
    method: str = DEFAULT_METHOD,
    options: Options = DEFAULTS,
    on_progress: Callable[[int], None] = unheard,
) -> Iterator[Refined | MaskError]:
    """As `refine`, one picture after the other: of full size only what belongs to one is in memory.

    Pictures and maps may be `OneByOne`; each is asked for up to three times, to check it, to learn from it and to make
    its mask. Where it can no longer be had, a `MaskError` at the last stops that picture alone.
    """
    _check(pictures, maps, method, options)
    failed = _failed(pictures, maps)
    usable = [index for index in range(len(pictures)) if index not in failed]
    learned = LEARNING_SHARE if METHODS[method].learns else 0.0
    count = len(pictures)
    if usable:
        material = _material(pictures, maps, usable, options)
        found = FINDERS[method](material, lambda share: on_progress(int(learned * share * count)))
    places = {index: place for place, index in enumerate(usable)}
    for index in range(count):
        error = failed.get(index)
        result = _named(error, index, options) if error else _judged(found, places[index], index, options)
        on_progress(int((learned + (1 - learned) * (index + 1) / count) * count))
        yield result


def _failed(pictures: Sequence[Grey], maps: Sequence[Maps | None]) -> dict[int, MaskError]:
    """Why some pictures get no mask, before anything is learned."""
    failed: dict[int, MaskError] = {}
    for index in range(len(pictures)):
        try:
            attention_map(pictures[index], maps[index])
        except MaskError as error:
            failed[index] = error
    return failed


def attention_map(picture: Grey, maps: Maps | None) -> Plane:
    """One picture's fused map, refused where nothing stands out in it.

    Raises
    ------
    MaskError
        If the picture is in colour, or its attention cannot be used.
    """
    if picture.ndim != 2:
        raise MaskSizeError(f"a grey picture has rows and columns, not {picture.ndim} axes.")
    fused = fuse(maps, _size(picture))
    otsu(fused)
    return fused


def mask_of(probability: Plane, parts: int) -> Mask:
    """Where structure is likelier than not, in its largest parts.

    Raises
    ------
    EmptyMaskError, FullMaskError
        If that is nowhere or everywhere.
    """
    mask = cleaned(probability >= 0.5, parts)
    if not mask.any():
        raise EmptyMaskError("no pixel was found to belong to it.")
    if mask.all():
        raise FullMaskError("every pixel was found to belong to it.")
    return mask


def _check(pictures: Sequence[Grey], maps: Sequence[Maps | None], method: str, options: Options) -> None:
    if method not in METHODS:
        raise ValueError(f"There is no method “{method}”; choose one of: {', '.join(METHODS)}.")
    lengths = {len(pictures), len(maps), len(options.names or pictures), len(options.groups or pictures)}
    if len(lengths) > 1:
        raise ValueError(f"Pictures, maps, names and groups must be equally many, not {sorted(lengths)}.")


def _material(
    pictures: Sequence[Grey], maps: Sequence[Maps | None], usable: Sequence[int], options: Options
) -> Material:
    shown = OneByOne(len(usable), lambda place: pictures[usable[place]])
    fused = OneByOne(len(usable), lambda place: fuse(maps[usable[place]], _size(shown[place])))
    groups = options.groups or ("",) * len(pictures)
    return Material(shown, fused, [groups[index] for index in usable], options.parts, options.seed)


def _size(picture: Grey) -> Size:
    return picture.shape[0], picture.shape[1]


def _judged(found: Found, place: int, index: int, options: Options) -> Refined | MaskError:
    try:
        probability = found.probabilities[place]
        if isinstance(probability, MaskError):
            return _named(probability, index, options)
        mask = mask_of(probability, options.parts)
        agreed = None if found.held_out is None else agreement(mask, found.held_out[place] >= 0.5)
    except MaskError as error:
        return _named(error, index, options)
    score = score_of(expected_dice(probability, mask), agreed)
    return Refined(probability, mask, entropy_of(probability), agreed, score)


def _named(error: MaskError, index: int, options: Options) -> MaskError:
    """The same error with the picture's name and the phrase before it."""
    name = options.names[index] if options.names else f"Picture {index + 1}"
    phrase = f", “{options.phrase}”" if options.phrase else ""
    return type(error)(f"{name}{phrase}: {error}")
