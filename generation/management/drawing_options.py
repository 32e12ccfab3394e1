"""The options that `manage.py generate` and `manage.py queue_batch` share, and the order that they make."""

from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from generation.actions.attending import refuse_unattended
from generation.actions.choosing import adapters_for, in_order
from generation.actions.from_files import Given, bytes_of, given_files
from generation.actions.orders import Order, OrderLine, check_size
from generation.actions.prompt_csv import lines_from_csv
from generation.actions.prompt_lines import Seeds, Wording, choices_from, lines_of, seed_ranges, wordings_of
from generation.actions.prompts import cut_long_lines, refuse_long_lines, vectors_of
from generation.actions.registering import STARTER_NAME, register_starter
from generation.diffusion.adapter_files import embedding_vectors
from generation.diffusion.attention.wanted import Wanted
from generation.diffusion.recipe import SCHEDULERS, Adapter
from generation.models import Adapter as AdapterRow
from generation.models import Generator

GIVEN = ("embedding", "start", "mask", "strength", "feather")


def add_drawing_options(parser: ArgumentParser) -> None:
    """What to draw, and with what."""
    parser.add_argument("--model", default=STARTER_NAME, help="name of a registered generator (default: starter)")
    parser.add_argument("--prompt", help="may hold placeholders such as {finding}; see --choices")
    parser.add_argument("--negative", default="", help="what not to draw")
    parser.add_argument("--finding", default="", help="label that is kept with each image")
    parser.add_argument(
        "--choices", action="append", default=[], metavar="'NAME: A, B'", help="what a placeholder stands for"
    )
    parser.add_argument(
        "--prompts", type=Path, metavar="FILE.csv", help="in place of --prompt: prompt, negative_prompt, finding, "
        "count, seed",
    )  # fmt: skip
    parser.add_argument(
        "--cut-long", action="store_true", help="draw a prompt that is too long for the model without its end, which "
        "is said (default: refuse it)",
    )  # fmt: skip
    parser.add_argument("--count", type=int, default=1, help="images of each prompt (default: 1)")
    parser.add_argument("--seed", type=int, default=0, help="of the first image (default: 0)")
    parser.add_argument("--seeds", default="", metavar="'1-50, 100'", help="in place of --count and --seed")
    parser.add_argument("--same-seeds", action="store_true", help="every prompt starts at --seed")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--guidance", type=float, default=3.0)
    parser.add_argument("--size", type=int, help="width and height in pixels (default: the model's own)")
    parser.add_argument("--scheduler", choices=SCHEDULERS, default="ddim")
    parser.add_argument(
        "--embedding", action="append", default=[], metavar="TOKEN=FILE", help="textual inversion (.safetensors); "
        "those that the site knows need only be named in the prompt",
    )  # fmt: skip
    parser.add_argument(
        "--lora", action="append", default=[], metavar="FILE[:SCALE]", help="LoRA of the denoiser (.safetensors), or "
        "the name of one that the site knows",
    )  # fmt: skip
    parser.add_argument("--start", type=Path, help="image to change, of the size that is drawn")
    parser.add_argument("--strength", type=float, default=0.7, help="how much of it is drawn anew, up to 1")
    parser.add_argument("--mask", type=Path, help="image that is white where --start is to change")
    parser.add_argument("--feather", type=int, default=0, help="pixels over which the mask's edge is mixed")
    parser.add_argument(
        "--attend", action="append", default=[], metavar="PHRASE", help="keep where these words of the prompt act, "
        "for masks; may be given several times",
    )  # fmt: skip
    parser.add_argument("--attend-rows", type=int, nargs="+", default=[], help="rows of the maps kept (default: all)")
    parser.add_argument("--attend-from", type=int, default=1, metavar="STEP", help="first step that counts")
    parser.add_argument("--attend-to", type=int, metavar="STEP", help="last step that counts (default: the last)")


def asked_for(options: dict[str, Any], warn: Callable[[str], object], *, priority: int = 0) -> tuple[Order, Given]:
    """The order that the options make, and the files that they name; `warn` is told what is drawn otherwise than typed.

    Raises
    ------
    DiffusionError, ValueError
        With the sentence to show.
    CommandError
        No generator has this name, or the options contradict each other.
    """
    generator = generator_called(options["model"])
    known, files = known_loras(generator, options["lora"])
    given = given_files(**{name: options[name] for name in GIVEN}, lora=files)
    lines = lines_from(options)
    adapters = given_first(given.adapters, adapters_for(generator=generator, lines=lines, loras=known))
    vectors = {**vectors_of(generator), **vectors_in(given, generator)}
    if options["cut_long"]:
        lines, said = cut_long_lines(generator=generator, lines=lines, vectors=vectors)
        for sentence in said:
            warn(sentence)
    refuse_long_lines(generator=generator, lines=lines, vectors=vectors)
    size = options["size"] or generator.native_size
    check_size(generator, size)
    refuse_other_size(given, size)
    order = Order(
        generator=generator, lines=lines, steps=options["steps"], guidance=options["guidance"],
        scheduler=options["scheduler"], width=size, height=size, adapters=adapters, start=given.start,
        source=given.source, priority=priority, attended=wanted_of(options),
    )  # fmt: skip
    refuse_unattended(order, vectors)
    return order, given


def wanted_of(options: dict[str, Any]) -> Wanted:
    """What of the attention is kept."""
    phrases = tuple(phrase.strip() for phrase in options["attend"])
    return Wanted(phrases, tuple(options["attend_rows"]), options["attend_from"], options["attend_to"])


def generator_called(name: str) -> Generator:
    """The registered generator of that name."""
    if name == STARTER_NAME:
        register_starter()
    generator = Generator.objects.available().filter(name=name).first()
    if generator is None:
        known = ", ".join(Generator.objects.available().values_list("name", flat=True)) or "none yet"
        raise CommandError(
            f"No generator is called “{name}” (registered: {known}); "
            "register a folder with: manage.py add_generator NAME FOLDER"
        )
    if not generator.is_here:
        raise CommandError(f"“{name}” is still on its way to this machine; its page among the generators says how far.")
    return generator


def lines_from(options: dict[str, Any]) -> tuple[OrderLine, ...]:
    """The prompts and seeds that are asked for."""
    if options["count"] < 1:
        raise CommandError("--count must be 1 or more.")
    if bool(options["prompt"]) == bool(options["prompts"]):
        raise CommandError("Give either --prompt or --prompts.")
    seeds = Seeds(
        first=options["seed"], count=options["count"], ranges=seed_ranges(options["seeds"]), same=options["same_seeds"]
    )
    if options["prompts"]:
        return lines_from_csv(bytes_of(options["prompts"]), seeds)
    template = Wording(prompt=options["prompt"], negative_prompt=options["negative"], finding=options["finding"])
    return lines_of(wordings_of(template, choices_from("\n".join(options["choices"]))), seeds)


def known_loras(generator: Generator, texts: Sequence[str]) -> tuple[dict[AdapterRow, float], list[str]]:
    """Those that the site knows by name, with their scales, and the rest, which are files."""
    loras = AdapterRow.objects.available().of(generator).filter(kind=AdapterRow.Kind.LORA)
    by_name = {lora.name: lora for lora in loras}
    known, files = {}, []
    for text in texts:
        name, _, scale = text.rpartition(":")
        if text in by_name:
            known[by_name[text]] = 1.0
        elif name in by_name:
            known[by_name[name]] = float(scale)
        else:
            files.append(text)
    return known, files


def refuse_other_size(given: Given, size: int) -> None:
    """An image to change, and its mask, have the very size that is drawn: nothing is scaled behind anybody's back."""
    pictures = {"image to start from": given.material.images, "mask": given.material.masks}
    for name, pixels in ((name, one) for name, all_of_it in pictures.items() for one in all_of_it.values()):
        if pixels.shape != (size, size):
            raise CommandError(
                f"The {name} has {pixels.shape[1]} x {pixels.shape[0]} pixels and the batch draws {size} x {size}; "
                "take one of that size."
            )


def given_first(given: Sequence[Adapter], known: Sequence[Adapter]) -> tuple[Adapter, ...]:
    """All of them; a file that was given stands in for what the site knows under its name."""
    names = {(one.kind, one.name) for one in given}
    return in_order([*given, *(one for one in known if (one.kind, one.name) not in names)])


def vectors_in(given: Given, generator: Generator) -> dict[str, int]:
    """The words of the embeddings that were given, and how many tokens each stands for."""
    embeddings = [one for one in given.adapters if one.kind == AdapterRow.Kind.EMBEDDING]
    contents = {one.name: bytes_of(given.material.files[one.sha256]) for one in embeddings}
    return {word: embedding_vectors(content, generator.local_folder()) for word, content in contents.items()}
