"""Which adapters an order uses: LoRAs that were chosen, and every embedding that one of its prompts names."""

from collections.abc import Iterable, Mapping

from generation.actions.orders import OrderLine
from generation.diffusion.recipe import Adapter as RecipeAdapter
from generation.models import Adapter, Generator


def adapters_for(
    *, generator: Generator, lines: Iterable[OrderLine], loras: Mapping[Adapter, float]
) -> tuple[RecipeAdapter, ...]:
    """As the order's recipes name them, in one order whatever they were chosen in."""
    words = "\n".join(f"{line.prompt}\n{line.negative_prompt}" for line in lines)
    known = Adapter.objects.available().of(generator).filter(kind=Adapter.Kind.EMBEDDING)
    named = [one.in_recipe() for one in known if one.name in words]
    chosen = [one.in_recipe(scale) for one, scale in loras.items() if scale]
    return in_order([*named, *chosen])


def in_order(adapters: Iterable[RecipeAdapter]) -> tuple[RecipeAdapter, ...]:
    """Sorted, so that the same choice is the same recipe."""
    return tuple(sorted(set(adapters), key=lambda one: (one.kind, one.name, one.sha256)))
