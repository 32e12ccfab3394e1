"""Does a prompt fit a generator's text encoder? Asked by pages, so without torch."""

from generation.diffusion.composing import texts_of
from generation.diffusion.errors import DiffusionError
from generation.diffusion.prompts import MARKS, check_prompt, prompt_length
from generation.models import Generator


def refuse_long_prompt(*, generator: Generator, prompt: str) -> None:
    """Say what the text encoder would cut of any part; a hub model that is not here yet is checked by its worker.

    Raises
    ------
    DiffusionError
        With what would be cut, or why the tokenizer cannot be read.
    """
    for text in texts_of(prompt):
        if not generator.from_hub:
            check_prompt(generator.source, text, generator.max_prompt_tokens)


def describe_length(*, generator: Generator, prompt: str) -> str:
    """How long the prompt is, in the model's own tokens, or what would be cut."""
    if generator.from_hub:
        return "Counted by the worker, once the model is downloaded."
    try:
        refuse_long_prompt(generator=generator, prompt=prompt)
        used = [prompt_length(generator.source, text) - MARKS for text in texts_of(prompt)]
    except DiffusionError as exc:
        return str(exc)
    return f"{' + '.join(map(str, used))} of {generator.max_prompt_tokens - MARKS} tokens{' each' * (len(used) > 1)}."
