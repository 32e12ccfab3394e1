"""The attention of a batch's phrases is stored with each image, in its transaction, and changes no image."""

import numpy as np
import pytest

from generation.actions.attending import lacking, offered, phrases_from, refuse_unattended
from generation.actions.drawing import draw_now, draw_what_can_be
from generation.actions.keeping_attention import attention_of, no_file_without_row, store_attention
from generation.actions.orders import Order, OrderLine, QueueingError
from generation.actions.pipelines import pipeline_of
from generation.diffusion.attention.wanted import Kept, Wanted
from generation.diffusion.errors import DiffusionError
from generation.diffusion.material import NOTHING
from generation.diffusion.recipe import Start
from generation.models import AttentionMaps, GeneratedImage
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Image
from tests.factories import GeneratedImageFactory

pytestmark = pytest.mark.django_db
PROMPT = "chest radiograph, left pleural effusion, normal heart"
HEART = Wanted(("heart", "left"), resolutions=(4, 8))


def files_below(folder):
    return sorted(path for path in (folder / "media" / "attention").rglob("*") if path.is_file())


def test_each_image_has_the_maps_of_its_own_drawing(new_batch, generator):
    batch = new_batch(prompt=PROMPT, count=5, attended=HEART)
    draw_now(batch)

    recipes = [batch.recipe(index) for index in range(5)]
    _, kept, _ = draw_what_can_be(pipeline_of(generator), recipes, lambda _: None, NOTHING, HEART)

    rows = AttentionMaps.objects.order_by("generated__index").select_related("generated")
    assert [row.phrases for row in rows] == [["heart", "left"]] * 5
    assert {(row.first_step, row.last_step, tuple(row.resolutions)) for row in rows} == {(1, 2, (4, 8))}
    for row, expected in zip(rows, kept, strict=True):
        for phrase, planes in attention_of(row).items():
            assert all(np.allclose(planes[rows], expected.maps[phrase][rows], rtol=1e-3) for rows in (4, 8))


def test_the_images_are_those_that_are_drawn_without_it(new_batch):
    without, beside = new_batch(prompt=PROMPT), new_batch(prompt=PROMPT, attended=HEART)
    draw_now(without)
    draw_now(beside)

    first, second = (
        list(
            GeneratedImage.objects.filter(job__batch=batch)
            .order_by("index")
            .values_list("image__pixel_sha256", "recipe_sha256")
        )
        for batch in (without, beside)
    )
    assert first == second
    assert AttentionMaps.objects.count() == 4


def test_a_phrase_that_a_prompt_lacks_is_noted_with_its_reason_and_the_batch_goes_on(new_batch):
    batch = new_batch(prompt="nodule", attended=Wanted(("heart", "nodule")))
    draw_now(batch)

    kept = AttentionMaps.objects.first()
    assert kept.phrases == ["nodule"]
    assert kept.missing[0]["phrase"] == "heart"
    assert "“heart” is not in the prompt “nodule”" in kept.missing[0]["reason"]
    assert batch.jobs.get().state == JobState.DONE


def test_a_job_whose_worker_died_is_finished_with_the_same_maps(new_batch, tmp_path):
    batch = new_batch(prompt=PROMPT, attended=HEART)
    draw_now(batch)
    before = {kept.generated.index: attention_of(kept) for kept in AttentionMaps.objects.select_related("generated")}
    lost = GeneratedImage.objects.get(index=2)
    image = lost.image
    lost.delete()
    image.delete()
    batch.jobs.update(state=JobState.RUNNING, lease_until="2020-01-01T00:00Z")
    draw_now(batch)

    after = attention_of(AttentionMaps.objects.get(generated__index=2))
    assert AttentionMaps.objects.count() == 4
    assert all(np.array_equal(after[phrase][8], before[2][phrase][8]) for phrase in ("heart", "left"))


def test_no_file_is_left_of_an_image_that_was_not_stored(new_batch, tmp_path):
    first = new_batch(prompt=PROMPT, attended=HEART)
    draw_now(first)
    stored = files_below(tmp_path)
    second = new_batch(prompt=PROMPT, first_seed=900, dataset=first.dataset, attended=HEART)
    second.lines.update(first_seed=100)
    with pytest.raises(DiffusionError, match="already holds the image of seed 100"):
        draw_now(second)

    assert len(stored) == Image.objects.count() == 4
    assert files_below(tmp_path) == stored


def test_no_file_is_left_where_the_transaction_failed_after_it(tmp_path, db):
    kept = Kept({"heart": {1: np.ones((1, 1), dtype=np.float32)}}, 1, 2)
    with pytest.raises(RuntimeError), no_file_without_row() as written:
        store_attention(generated=GeneratedImageFactory(), kept=kept, written=written)
        assert len(files_below(tmp_path)) == 1
        raise RuntimeError

    assert files_below(tmp_path) == []


def order_of(generator, prompts, wanted, **more):
    lines = tuple(OrderLine(prompt=prompt, count=1, first_seed=at) for at, prompt in enumerate(prompts))
    settings = {"steps": 4, "guidance": 3.0, "scheduler": "ddim", "width": 64, "height": 64, **more}
    return Order(generator=generator, lines=lines, attended=wanted, **settings)


def test_a_phrase_in_none_of_the_prompts_is_refused_and_one_in_some_is_a_warning(generator):
    with pytest.raises(QueueingError, match="“heart” is not in the prompt “nodule”"):
        refuse_unattended(order_of(generator, ["nodule", "lungs"], Wanted(("heart",))), {})

    said = refuse_unattended(order_of(generator, ["nodule", "heart", "lungs"], Wanted(("heart",))), {})

    assert said == ["“heart” is missing in 2 of 3 prompts; their images keep no attention for it."]


@pytest.mark.parametrize(
    ("wanted", "more", "sentence"),
    [
        ({"resolutions": (32,)}, {}, "attends at 1, 2, 4, 8 rows, not at 32"),
        ({"first_step": 5}, {}, "from step 5 on and this drawing takes 4"),
        ({"first_step": 3}, {"start": Start("a", 0.5)}, "from step 3 on and this drawing takes 2"),
    ],
)
def test_maps_that_the_model_does_not_have_are_refused_before_anything_is_drawn(generator, wanted, more, sentence):
    with pytest.raises(QueueingError, match=sentence):
        refuse_unattended(order_of(generator, ["heart"], Wanted(("heart",), **wanted), **more), {})


def test_a_prompt_that_the_encoder_would_cut_is_named(generator):
    reasons = lacking(generator=generator, phrases=["heart"], prompts=["lungs " * 30 + "heart"], vectors={})

    assert "only behind the 22 tokens that this model reads" in reasons["heart"][0]


def test_only_structures_that_stand_in_the_prompt_are_offered(generator):
    prompt = "left lung, normal heart, <nodes>"
    assert offered(generator=generator, prompt=prompt, vectors={"<nodes>": 2}) == ["left lung", "heart", "<nodes>"]


def test_phrases_are_read_with_commas_between_them_each_once():
    assert phrases_from(" left   lung, heart,, Heart ,right lung") == ("left lung", "Heart", "right lung")
