"""Every page of generation against everybody who may come: researchers and admins get in, nobody else."""

import pytest
from django.urls import get_resolver, reverse

from generation.diffusion.learning.plan import LearningPlan
from generation.experiments.choices import SEGMENTING
from generation.models import Adapter, Download, Experiment, Generator, MaskRun, QualityRun, TrainingRun
from tests.factories import (
    AdminFactory,
    DatasetFactory,
    GeneratedImageFactory,
    MaskSetFactory,
    ResearcherFactory,
    UserFactory,
)

# One row for each page and method: what a stranger, a reader, a researcher and an admin get. 302 sends a stranger to
# sign in; for the others it is the page they are taken to afterwards.
PAGE = (302, 403, 200, 200)
DOES = (302, 403, 302, 302)
WRONG_METHOD = (302, 403, 405, 405)
NOT_THERE = (302, 403, 404, 404)
TABLE = {
    "batches": {"get": PAGE, "post": WRONG_METHOD},
    "new_batch": {"get": PAGE, "post": PAGE},
    "prompt_length": {"get": PAGE, "post": WRONG_METHOD},
    "batch_adapters": {"get": PAGE, "post": WRONG_METHOD},
    "batch_attention": {"get": PAGE, "post": WRONG_METHOD},
    "batch_preview": {"get": WRONG_METHOD, "post": PAGE},
    "steering": {"get": PAGE, "post": PAGE},
    "combining": {"get": PAGE, "post": PAGE},
    "steering_preview": {"get": WRONG_METHOD, "post": PAGE},
    "previews": {"get": PAGE, "post": WRONG_METHOD},
    "change_image": {"get": PAGE, "post": PAGE},
    "generators": {"get": PAGE, "post": PAGE},
    "generator": {"get": PAGE, "post": PAGE},
    "download": {"get": PAGE, "post": WRONG_METHOD},
    "download_again": {"get": WRONG_METHOD, "post": DOES},
    "download_cancel": {"get": WRONG_METHOD, "post": DOES},
    "retire_adapter": {"get": WRONG_METHOD, "post": DOES},
    "retire_generator": {"get": WRONG_METHOD, "post": DOES},
    "gallery": {"get": PAGE, "post": WRONG_METHOD},
    "decide": {"get": WRONG_METHOD, "post": DOES},
    "compare": {"get": PAGE, "post": DOES},
    "contact_sheet": {"get": PAGE, "post": PAGE},
    "export": {"get": PAGE, "post": WRONG_METHOD},
    "export_zip": {"get": PAGE, "post": WRONG_METHOD},
    "quality": {"get": PAGE, "post": PAGE},
    "quality_run": {"get": PAGE, "post": WRONG_METHOD},
    "quality_progress": {"get": PAGE, "post": WRONG_METHOD},
    "quality_pairs": {"get": NOT_THERE, "post": WRONG_METHOD},  # nothing is measured yet
    "quality_nearest": {"get": NOT_THERE, "post": WRONG_METHOD},
    "cancel_quality": {"get": WRONG_METHOD, "post": DOES},
    "training": {"get": PAGE, "post": WRONG_METHOD},
    "new_training": {"get": PAGE, "post": PAGE},
    "training_run": {"get": PAGE, "post": WRONG_METHOD},
    "training_progress": {"get": PAGE, "post": WRONG_METHOD},
    "training_images": {"get": PAGE, "post": WRONG_METHOD},
    "training_sample": {"get": NOT_THERE, "post": WRONG_METHOD},  # nothing is drawn yet
    "cancel_training": {"get": WRONG_METHOD, "post": DOES},
    "resume_training": {"get": WRONG_METHOD, "post": DOES},
    "experiments": {"get": PAGE, "post": WRONG_METHOD},
    "new_experiment": {"get": PAGE, "post": PAGE},
    "experiment": {"get": PAGE, "post": WRONG_METHOD},
    "experiment_progress": {"get": PAGE, "post": WRONG_METHOD},
    "experiment_images": {"get": PAGE, "post": WRONG_METHOD},
    "experiment_csv": {"get": PAGE, "post": WRONG_METHOD},
    "experiment_values": {"get": PAGE, "post": WRONG_METHOD},
    "experiment_learned": {"get": PAGE, "post": WRONG_METHOD},
    "cancel_experiment": {"get": WRONG_METHOD, "post": DOES},
    "resume_experiment": {"get": WRONG_METHOD, "post": DOES},
    "batch_masks": {"get": PAGE, "post": PAGE},
    "mask_run": {"get": PAGE, "post": WRONG_METHOD},
    "mask_run_progress": {"get": PAGE, "post": WRONG_METHOD},
    "cancel_mask_run": {"get": WRONG_METHOD, "post": DOES},
    "resume_mask_run": {"get": WRONG_METHOD, "post": DOES},
    "heat_map": {"get": NOT_THERE, "post": WRONG_METHOD},  # no attention was kept
    "recipe": {"get": PAGE, "post": WRONG_METHOD},
    "given_picture": {"get": NOT_THERE, "post": WRONG_METHOD},  # no image was changed
    "batch": {"get": PAGE, "post": WRONG_METHOD},
    "progress": {"get": PAGE, "post": WRONG_METHOD},
    "more": {"get": PAGE, "post": WRONG_METHOD},
    "cancel": {"get": WRONG_METHOD, "post": DOES},
    "retry": {"get": WRONG_METHOD, "post": DOES},
    "pause": {"get": WRONG_METHOD, "post": DOES},
    "resume": {"get": WRONG_METHOD, "post": DOES},
    "move": {"get": WRONG_METHOD, "post": NOT_THERE},  # the form says where to
}
ROWS = [(name, method) for name, row in TABLE.items() for method in row]
VISITORS = [None, UserFactory, ResearcherFactory, AdminFactory]

pytestmark = pytest.mark.django_db


def test_the_table_knows_every_page():
    patterns = get_resolver().namespace_dict["generation"][1].url_patterns
    assert {pattern.name for pattern in patterns} == set(TABLE)


@pytest.fixture
def addresses() -> dict[str, str]:
    drawn = GeneratedImageFactory()
    batch = drawn.job.batch
    tokens = dict.fromkeys(("batch", "progress", "more", "cancel", "retry", "pause", "resume", "move"), batch.token)
    Download.objects.create(generator=batch.generator)
    adapter = Adapter.objects.create(generator=batch.generator, kind="lora", name="soft")
    tokens |= {"recipe": drawn.image.token, "change_image": drawn.image.token, "retire_adapter": adapter.token}
    names = ("generator", "download", "download_again", "download_cancel", "retire_generator")
    tokens |= dict.fromkeys(names, batch.generator.token)
    tokens |= dict.fromkeys(("export", "export_zip"), batch.dataset.token)
    run = QualityRun.objects.create(dataset=batch.dataset, reference=DatasetFactory(), features="random-64")
    of_quality = ("quality_run", "quality_progress", "quality_pairs", "quality_nearest", "cancel_quality")
    tokens |= dict.fromkeys(of_quality, run.token)
    plan = LearningPlan(kind="embedding", size=64).as_json()
    training = TrainingRun.objects.create(name="<heart>", kind="embedding", options={"plan": plan})
    trainings = ("training_run", "training_progress", "training_images", "cancel_training", "resume_training")
    tokens |= dict.fromkeys(trainings, training.token)
    crossed = {"arms": ["real"], "nets": ["unet"], "numbers": [5], "seeds": [0], "learning": SEGMENTING.as_json()}
    shares = {"stratify": [], "test": [], "test_share": 0.3, "against": "", "synthetic_finding": ""}
    experiment = Experiment.objects.create(name="lungs", kind="segmentation", options={**crossed, **shares})
    tokens |= {name: experiment.token for name in TABLE if "experiment" in name and "new" not in name}
    del tokens["experiments"]
    masks = MaskRun.objects.create(batch=batch, method="otsu", phrases=["heart"], mask_set=MaskSetFactory())
    tokens |= dict.fromkeys(("mask_run", "mask_run_progress", "cancel_mask_run", "resume_mask_run"), masks.token)
    tokens["batch_masks"] = batch.token
    args = {name: [token] for name, token in tokens.items()}
    args |= {"new_experiment": ["segmentation"], "new_training": ["embedding"], "training_sample": [training.token, 1]}
    args["steering_preview"] = ["between"]
    args |= {"heat_map": [drawn.image.token, 0], "given_picture": ["0" * 64]}
    found = {name: reverse(f"generation:{name}", args=args.get(name, [])) for name in TABLE}
    for name in ("prompt_length", "batch_adapters", "batch_attention"):
        found[name] += f"?generator={batch.generator.token}"
    return found


@pytest.mark.parametrize(("name", "method"), ROWS)
def test_only_researchers_and_admins_get_in(client, addresses, name, method):
    answers = []
    for visitor in VISITORS:
        client.logout()
        if visitor:
            client.force_login(visitor())
        answers.append(getattr(client, method)(addresses[name]).status_code)
        Adapter.objects.update(retired_at=None)
        Generator.objects.update(retired_at=None)  # each visitor finds the same site
    assert tuple(answers) == TABLE[name][method]


@pytest.mark.parametrize("name", ["recipe", "batch", "progress", "more"])
def test_an_unknown_address_is_a_page_that_says_so(client, name):
    client.force_login(ResearcherFactory())
    answer = client.get(reverse(f"generation:{name}", args=["00000000-0000-4000-8000-000000000000"]))
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()
