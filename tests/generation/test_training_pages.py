"""Training's pages: a form with sensible numbers, a run's live part, what stopped it, and who may see it."""

from uuid import uuid4

import pytest
from django.urls import reverse

from generation.models import TrainingLoss, TrainingRun
from lungstudy.jobs.models import JobState
from tests.generation.training_scenes import WORD, hearts, queued

pytestmark = pytest.mark.django_db
NEW = reverse("generation:new_training", args=["embedding"])


@pytest.fixture
def page(client, researcher):
    client.force_login(researcher)
    return client


@pytest.fixture
def sent(page, generator, monkeypatch):
    """Fill in the fresh form, change fields, send it."""
    from generation.tasks import train

    monkeypatch.setattr(train, "delay_on_commit", lambda pk: None)  # no broker here

    def send(**changes):
        fresh = page.get(NEW).context["form"].initial
        plain = {name: value for name, value in fresh.items() if value is not None}
        plain |= {"generator": generator.token, "word": WORD, "held_out_percent": 10, "vectors": 2}
        return page.post(NEW, {**plain, **changes})

    return send


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_without_trainings_and_without_images_the_pages_say_what_to_do(page):
    assert "Train an embedding" in text(page.get(reverse("generation:training")))
    assert "Import images" in text(page.get(NEW))


def test_the_form_queues_a_run_and_a_second_click_leads_to_the_same(sent):
    dataset, key = hearts(5), uuid4()
    first = sent(datasets=[dataset.token], request_key=key)
    run = TrainingRun.objects.get()
    assert first.url == reverse("generation:training_run", args=[run.token])
    assert (run.name, run.options["plan"]["vectors"], run.options["plan"]["size"]) == (WORD, 2, 64)
    assert run.options["sample_prompt"] == f"PA chest radiograph, {WORD}"
    assert sent(datasets=[dataset.token], request_key=key).url == first.url
    assert TrainingRun.objects.count() == 1


def test_a_training_may_be_kept_to_a_graphics_card_and_says_what_the_page_offers_where_there_is_none(page, sent):
    import torch

    from generation.diffusion.learning.beginning import refuse_missing_gpu
    from generation.diffusion.learning.errors import LearningError
    from generation.diffusion.learning.plan import plan_from

    dataset = hearts(5)
    offered = dict(page.get(NEW).context["form"].fields["device"].choices)
    assert list(offered) == ["any", "gpu"]
    sent(datasets=[dataset.token], device="gpu")
    plan = plan_from(TrainingRun.objects.get().options["plan"])
    assert plan.device == "gpu"
    if torch.cuda.is_available():
        pytest.skip("this machine has a graphics card")
    with pytest.raises(LearningError, match=f"or queue it anew on “{offered['any']}”"):
        refuse_missing_gpu(plan)


def test_a_fine_tuning_form_leaves_the_autoencoder_alone_unless_asked(page, generator):
    hearts(5)
    form = page.get(reverse("generation:new_training", args=["fine_tune"])).context["form"]
    assert (form["autoencoder_steps"].initial, form["autoencoder_rate"].initial) == (0, 2e-5)
    form = page.get(reverse("generation:new_training", args=["scratch"])).context["form"]
    assert form["autoencoder_steps"].initial == 3000


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"rate": "2"}, "learning rate must lie between 1e-06 and 0.5"),
    ({"word": "heart"}, "cannot be an embedding"),
    ({"vectors": 40}, "tokens long with 40 vectors"),
    ({"template": "{wrod}"}, "knows no {wrod}"),
    ({"finding": "nodule"}, "There is no image in use with the finding"),
])  # fmt: skip
def test_what_cannot_be_trained_is_a_sentence_on_the_form(sent, changes, sentence):
    answer = sent(datasets=[hearts(5).token], **changes)
    assert answer.status_code == 200
    assert sentence in text(answer).replace("&#x27;", "'")
    assert not TrainingRun.objects.exists()


def test_a_running_page_shows_curve_time_left_images_and_a_warning_about_few(page, generator):
    run = queued(generator, hearts(5))
    for step, loss in ((1, 0.9), (2, 0.6)):
        TrainingLoss.objects.create(run=run, step=step, loss=loss, held_out_loss=0.7)
    TrainingRun.objects.claim(run.pk)
    TrainingRun.objects.filter(pk=run.pk).update(done=2)
    shown = text(page.get(reverse("generation:training_run", args=[run.token])))
    assert 'hx-trigger="every 2s"' in shown
    assert "Training: 2 of 3 steps" in shown
    assert '<polyline class="training" points="200.0,0.0 400.0,26.7"/>' in shown
    assert "0.7000 on images held out" in shown
    assert "Only 4 images to learn from" in shown
    assert "style=" not in shown.split('id="training-progress"')[1]
    images = text(page.get(reverse("generation:training_images", args=[run.token])))
    assert images.count("<figcaption") == 5
    assert images.count("held out</strong>") == 1


def test_a_failed_run_says_why_and_offers_to_go_on(page, generator, sent):
    run = queued(generator)
    TrainingRun.objects.update(state=JobState.FAILED, reason="The disk is full.", checkpoint_step=2)
    shown = text(page.get(reverse("generation:training_progress", args=[run.token])))
    assert "The disk is full." in shown
    assert "Go on from step 2" in shown
    assert "hx-trigger" not in shown
    page.post(reverse("generation:resume_training", args=[run.token]))
    assert TrainingRun.objects.get().state == JobState.QUEUED
    page.post(reverse("generation:cancel_training", args=[run.token]))
    assert TrainingRun.objects.get().state == JobState.CANCELLED
