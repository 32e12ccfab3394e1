"""The table of one set of pictures: every method's masks against the truth, and its gain over Otsu's threshold."""

import time
from collections.abc import Sequence

from generation.masks.errors import MaskError
from generation.masks.fusing import Maps
from generation.masks.methods import DEFAULT_METHOD, METHODS
from generation.masks.refining import Options, Refined, refine
from tests.bench.mask_films import Film
from tests.bench.mask_measures import column, interval_of, overlaps

LUNGS = 2


def compare(films: Sequence[Film], maps: Sequence[Maps], methods: Sequence[str]) -> None:
    """Print it; gains are taken film by film."""
    patients = [film.patient for film in films]
    plain = overlaps(masks_of(films, maps, "otsu", parts=0), films)
    print("| method | Dice | IoU | HD95 px | HD95 % | gain in Dice over plain Otsu | no mask | s per film |")
    print("|---|---|---|---|---|---|---|---|")
    print(line("plain Otsu, not cleaned", plain, plain, patients, "0 | -"), flush=True)
    for method in methods:
        started = time.process_time()
        results = masks_of(films, maps, method)
        seconds = (time.process_time() - started) / len(films)
        missing = sum(isinstance(one, MaskError) for one in results)
        name = f"{METHODS[method].title}{' (default)' if method == DEFAULT_METHOD else ''}"
        print(line(name, overlaps(results, films), plain, patients, f"{missing} | {seconds:.2f}"), flush=True)


def masks_of(films: Sequence[Film], maps: Sequence[Maps], method: str, parts: int = LUNGS) -> list[Refined | MaskError]:
    options = Options("lungs", tuple(film.file for film in films), tuple(film.patient for film in films), parts)
    return refine([film.picture for film in films], maps, method, options)


def line(name: str, found: Sequence[object], plain: Sequence[object], patients: Sequence[str], rest: str) -> str:
    dice, iou = (interval_of(column(found, one), patients).shown(3) for one in ("dice", "iou"))
    pixels, percent = (interval_of(column(found, one), patients).shown(1) for one in ("hd95_pixels", "hd95_percent"))
    gain = interval_of(column(found, "dice") - column(plain, "dice"), patients)
    return f"| {name} | {dice} | {iou} | {pixels} | {percent} | {gain.shown(4)} | {rest} |"
