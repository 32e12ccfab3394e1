"""Does a prompt fit a generator's text encoder? Asked by pages, so without torch."""

from collections.abc import Iterable

from generation.actions.orders import OrderLine
from generation.actions.prompt_lines import LinesError
from generation.diffusion.composing import texts_of
from generation.diffusion.errors import DiffusionError
from generation.diffusion.prompts import MARKS, NONE, Vectors, check_prompt, prompt_length
from generation.models import Adapter, Generator


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
