"""Which prompt a training draws on the way: one that its model reads, so that none ends for its samples' sake."""

import re

from generation.actions.prompts import refuse_long_prompt
from generation.diffusion.composing import JOIN, terms_of
from generation.diffusion.learning.plan import EMBEDDING, LearningPlan
from generation.diffusion.prompts import NONE, Vectors, fitting
from generation.models import Generator


def refuse_unreadable(prompt: str, plan: LearningPlan, generator: Generator | None) -> None:
    """Check a prompt that somebody typed, as far as can be known: the words of a model from scratch come later.

    Raises
    ------
    PromptError
        With what the model would not read, or what cannot be read as a prompt.
    """
    terms_of(prompt)
    if generator:
        refuse_long_prompt(generator=generator, prompt=prompt, vectors=own_vectors(plan))


def prompt_from(caption: str, plan: LearningPlan, generator: Generator | None) -> str:
    """The caption as a prompt, without the end that the model would cut."""
    text = as_one_text(caption)
    if generator is None or not generator.is_here:
        return text
    return fitting(generator.local_folder(), text, generator.max_prompt_tokens, own_vectors(plan))


def as_one_text(caption: str) -> str:
    """Findings come from files: no word of theirs may join terms or blend them. Tokenizers read the same as before."""
    return re.sub(r"\.blend\(", ". blend(", JOIN.sub("and", caption))


def own_vectors(plan: LearningPlan) -> Vectors:
    """The word that is being learned is longer than it looks."""
    return {plan.word: plan.vectors} if plan.kind == EMBEDDING else NONE
