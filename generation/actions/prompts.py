"""Does a prompt fit a generator's text encoder? Asked by pages, so without torch."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from generation.actions.orders import OrderLine
from generation.actions.prompt_lines import LinesError
from generation.diffusion.composing import texts_of
from generation.diffusion.errors import DiffusionError
from generation.diffusion.prompts import MARKS, NONE, Vectors, check_prompt, cut_from, fitting, prompt_length
from generation.models import Adapter, Generator

CUT_SHOWN = 3


def vectors_of(generator: Generator) -> Vectors:
    """The words of a generator's embeddings, and how many tokens each is."""
    embeddings = Adapter.objects.available().of(generator).filter(kind=Adapter.Kind.EMBEDDING)
    return dict(embeddings.values_list("name", "vectors"))


def refuse_long_prompt(*, generator: Generator, prompt: str, vectors: Vectors = NONE) -> None:
    """Say what the text encoder would cut of any part.

    Raises
    ------
    DiffusionError
        With what would be cut, or why the tokenizer cannot be read.
    """
    for text in texts_of(prompt):
        if generator.is_here:
            check_prompt(generator.local_folder(), text, generator.max_prompt_tokens, vectors)


def refuse_long_lines(*, generator: Generator, lines: Iterable[OrderLine], vectors: Vectors) -> None:
    """The same for every prompt and negative prompt of an order, once each.

    Raises
    ------
    LinesError
        At the field of that text; with the prompt, where there are several.
    """
    prompts = dict.fromkeys(line.prompt for line in lines)
    negatives = dict.fromkeys(line.negative_prompt for line in lines)
    for field, texts in (("prompt", prompts), ("negative_prompt", negatives)):
        for text in texts:
            try:
                refuse_long_prompt(generator=generator, prompt=text, vectors=vectors)
            except DiffusionError as exc:
                raise LinesError(field, f"“{text[:60]}”: {exc}" if len(texts) > 1 else str(exc)) from exc


def cut_long_lines(
    *, generator: Generator, lines: Sequence[OrderLine], vectors: Vectors
) -> tuple[tuple[OrderLine, ...], list[str]]:
    """The lines without the ends that the text encoder would not read, and what was cut, in sentences.

    So the recipes have the prompts that are read. Prompts joined by AND or blended stay as they are: which of their
    conditions to shorten is for people to say.
    """
    texts = dict.fromkeys(text for line in lines for text in (line.prompt, line.negative_prompt))
    cut = {text: short for text in texts if (short := _shortened(generator, text, vectors)) != text}
    shorter = tuple(
        replace(
            line,
            prompt=cut.get(line.prompt, line.prompt),
            negative_prompt=cut.get(line.negative_prompt, line.negative_prompt),
        )
        for line in lines
    )
    return shorter, _said(cut)


def _shortened(generator: Generator, text: str, vectors: Vectors) -> str:
    """The text where it fits or cannot be cut; `refuse_long_lines` says why."""
    if not generator.is_here:
        return text
    folder, most = generator.local_folder(), generator.max_prompt_tokens
    with suppress(DiffusionError):
        if texts_of(text) == [text] and cut_from(folder, text, most, vectors):
            return fitting(folder, text, most, vectors) or text
    return text


def _said(cut: dict[str, str]) -> list[str]:
    """A sentence for each of the first few, and how many more there are."""
    said = [
        f"“{text[:60]}{'…' * (len(text) > 60)}” is longer than this model reads and is drawn without its end: "
        f"“{_brief(text[len(short) :].lstrip(' ,;:'))}”."
        for text, short in list(cut.items())[:CUT_SHOWN]
    ]
    more = len(cut) - CUT_SHOWN
    return [*said, f"{more} more prompts are drawn without their ends."] if more > 0 else said


def _brief(text: str) -> str:
    return text.strip() if len(text) <= 120 else text[:119] + "…"


def describe_length(*, generator: Generator, prompt: str) -> str:
    """How long the prompt is, in the model's own tokens, or what would be cut."""
    if not generator.is_here:
        return "Counted once the model is here."
    vectors = vectors_of(generator)
    try:
        refuse_long_prompt(generator=generator, prompt=prompt, vectors=vectors)
        folder = generator.local_folder()
        used = [prompt_length(folder, text, vectors) - MARKS for text in texts_of(prompt)]
    except DiffusionError as exc:
        return str(exc)
    return f"{' + '.join(map(str, used))} of {generator.max_prompt_tokens - MARKS} tokens{' each' * (len(used) > 1)}."
