"""Store one drawn image with its recipe and its neutral facts: all three, or nothing."""

from typing import Any

from numpy.typing import NDArray

from generation.actions.keeping_attention import no_file_without_row, store_attention
from generation.diffusion.attention.wanted import Kept
from generation.diffusion.errors import DiffusionError
from generation.diffusion.recipe import Recipe
from generation.models import Batch, GeneratedImage, GivenPicture, Job
from lungstudy.library.actions.flagging import flags_of_drawn
from lungstudy.library.actions.storing import ImageFacts, store_image
from lungstudy.library.models import Image, Provenance


def store_drawn(*, job: Job, index: int, pixels: NDArray[Any], seconds: float, kept: Kept | None = None) -> None:
    """File the image under its recipe's hash; a second worker finds it there and doubles nothing.

    Parameters
    ----------
    kept : Kept, optional
        The attention of its phrases, stored in the same transaction.

    Raises
    ------
    DiffusionError
        If the data set holds this very image from another batch.
    """
    batch, recipe = job.batch, job.recipe(index)
    with no_file_without_row() as written:

        def with_recipe(image: Image) -> None:
            generated = store_recipe(job=job, index=index, image=image, recipe=recipe, seconds=seconds)
            if kept:
                store_attention(generated=generated, kept=kept, written=written)

        image, _ = store_image(
            dataset=batch.dataset,
            pixels=pixels,
            source_sha256=recipe.sha256(),
            facts=facts_of(job, index, recipe, pixels),
            also=with_recipe,
        )
    if not GeneratedImage.objects.filter(image=image, job=job, index=index).exists():
        raise DiffusionError(
            f"“{batch.dataset}” already holds the image of seed {recipe.seed} from another batch; "
            "choose another first seed or another data set."
        )


def store_recipe(*, job: Job, index: int, image: Image, recipe: Recipe, seconds: float) -> GeneratedImage:
    """How the image was made: all of it for us, and its neutral facts for studies."""
    from generation.diffusion.loading import environment  # keeps torch out of the web process

    batch, line = job.batch, job.batch.line_at(index)
    Provenance.objects.create(
        image=image,
        generator=batch.generator.name,
        prompt=line.prompt,
        finding=line.finding,
        steps=batch.steps,
        guidance=batch.guidance,
        seed=recipe.seed,
        asked_by=batch.created_by,
    )
    return GeneratedImage.objects.create(
        job=job,
        index=index,
        image=image,
        recipe=recipe.as_json(),
        recipe_sha256=recipe.sha256(),
        versions=environment(),
        seconds=seconds,
    )


def facts_of(job: Job, index: int, recipe: Recipe, pixels: NDArray[Any]) -> ImageFacts:
    """What the library says of it."""
    batch = job.batch
    return ImageFacts(
        source_name=f"seed {recipe.seed}",
        source_format=f"drawn by {batch.generator.name}",
        finding=batch.line_at(index).finding,
        patient_key=patient_behind(batch),
        flags=flags_of_drawn(pixels, batch.dataset),
    )


def patient_behind(batch: Batch) -> str:
    """Whose film was changed, so that a study can keep it and its changes apart; empty where none was."""
    if batch.begun_with is None:
        return ""
    if changed := batch.changed_image:
        return changed.patient_key
    given = GivenPicture.objects.filter(sha256=batch.begun_with.image_sha256).select_related("source").first()
    return given.source.patient_key if given and given.source else ""
