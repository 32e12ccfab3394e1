"""Quality runs: asked for on a page, measured by a worker, shown with intervals, suspects and reasons."""

import csv
import json

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from generation.actions.learned_images import trainings_behind
from generation.actions.measuring import QualityError, cancel_quality_run, measure_run, queue_quality_run
from generation.models import QualityRun
from generation.reports.quality import headline, numbers
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Origin
from lungstudy.library.pixels.encoding import encode_png
from tests.factories import DatasetFactory, ImageFactory, ResearcherFactory

pytestmark = pytest.mark.django_db


def fill(dataset, stack, **more) -> list:
    return [
        ImageFactory(
            dataset=dataset, file=ContentFile(encode_png(picture), "i.png"), width=64, height=64, **more
        )
        for picture in stack
    ]  # fmt: skip


def clouds(n: int, seed: int) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    noise = gaussian_filter(np.random.default_rng(seed).standard_normal((n, 64, 64)), (0, 6, 6))
    return np.clip(128 + 60 * noise / noise.std(), 0, 255).astype(np.uint8)


@pytest.fixture
def sets():
    real, drawn = DatasetFactory(name="films"), DatasetFactory(name="drawn", origin=Origin.SYNTHETIC)
    films = clouds(40, 1)
    stack = clouds(24, 2)
    stack[5] = films[7]  # the planted copy
    return drawn, real, fill(drawn, stack), fill(real, films)


@pytest.fixture
def run(sets) -> QualityRun:
    return queue_quality_run(dataset=sets[0], reference=sets[1], by=None)


def test_a_run_is_measured_and_its_page_shows_the_planted_copy(run, sets, client):
    measure_run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.done, run.total) == (JobState.DONE, 64, 64)
    _, _, drawn, films = sets
    suspects = [pair for pair in run.result["copies"]["pairs"] if pair["suspect"]]
    assert [(pair["synthetic"], pair["reference"]) for pair in suspects] == [(str(drawn[5].token), str(films[7].token))]
    assert headline(run).startswith("1 of 24 images may be copies of a reference image")
    client.force_login(ResearcherFactory())
    page = client.get(f"/generation/quality/{run.token}/").content.decode()
    assert page.count("is-suspect") == 1
    assert "undefined: 64 features need at least 70 images in each set; there are 24 and 40." in page
    assert f"/library/thumbnails/{films[7].token}.png" in page
    assert "every 2s" not in page
    measure_run(run.pk)  # a second delivery finds nothing to do
    again = QualityRun.objects.get()
    assert (again.attempts, again.finished_at) == (1, run.finished_at)


def test_every_image_is_kept_with_its_nearest_shown_24_at_a_time_and_written_as_csv(run, sets, client):
    fill(sets[0], clouds(30, 5))
    measure_run(run.pk)
    client.force_login(ResearcherFactory())
    address = f"/generation/quality/{run.token}"
    page = client.get(f"{address}/").content.decode()
    assert page.count("The reference image nearest to it") == 24
    assert "pairs/?start=24" in page
    assert f"{address}/nearest.csv" in page
    pages = [client.get(f"{address}/pairs/?start={start}").content.decode() for start in (24, 48)]
    assert [one.count("The reference image nearest to it") for one in pages] == [24, 6]
    assert ["Show more" in one for one in pages] == [True, False]
    rows = list(csv.DictReader(client.get(f"{address}/nearest.csv").content.decode().splitlines()))
    assert {row["synthetic"] for row in rows} == {str(image.token) for image in sets[0].images.all()}
    assert [row["suspect"] for row in rows] == ["1"] + ["0"] * 53
    copy, film = rows[0], sets[3][7]
    assert copy["synthetic"] == str(sets[2][5].token)
    assert copy["reference_nearest_by_features"] == copy["reference_nearest_by_low_pass"] == str(film.token)
    assert copy["name_nearest_by_features"] == film.source_name
    assert float(copy["features_nearest_by_features"]) < float(copy["threshold_features"])


def test_before_a_run_is_done_it_has_no_pairs_to_page_through(run, client):
    client.force_login(ResearcherFactory())
    assert client.get(f"/generation/quality/{run.token}/nearest.csv").status_code == 404


@pytest.fixture
def trained(sets):
    """A model that learned from all films but two, one of these rejected since, and drew the synthetic images."""
    from generation.models import Batch, Generator, TrainingImage, TrainingRun

    drawn, real, _, films = sets
    base = Generator.objects.create(name="base", source="/models/base", native_size=64, weights_sha256="1" * 64)
    first = TrainingRun.objects.create(
        name="first", kind="fine_tune", state=JobState.DONE, trained_generator=base, total=1
    )
    model = Generator.objects.create(name="mine", source="/models/mine", native_size=64, weights_sha256="2" * 64)
    run = TrainingRun.objects.create(
        name="mine", kind="fine_tune", state=JobState.DONE, generator=base, trained_generator=model, total=1
    )
    run.datasets.set([real])
    for number, film in enumerate(films):
        TrainingImage.objects.create(run=run, image=film, caption="chest", held_out=number < 2)
    films[9].excluded_at, films[9].exclusion_reason = films[9].created_at, "blurred"
    films[9].save()
    Batch.objects.create(
        generator=model, dataset=drawn, count=24, steps=2, guidance=3.0, scheduler="ddim", width=64, height=64,
        batch_shape=8,
    )  # fmt: skip
    return run, first


def test_exactly_what_a_model_learned_from_can_be_the_reference(sets, trained, client):
    drawn, real, _, films = sets
    client.force_login(ResearcherFactory())
    page = client.get("/generation/quality/").content.decode()
    assert "training of “mine”" in page
    client.post(
        "/generation/quality/", {"dataset": drawn.token, "reference": real.token, "learned_by": trained[0].token}
    )
    run = QualityRun.objects.get()
    measure_run(run.pk)
    run.refresh_from_db()
    assert run.state == JobState.DONE, run.reason
    assert run.result["counts"]["reference"] == {
        "name": "what “mine” learned from", "used": 38, "of": 38, "rejected": 0,
    }  # fmt: skip
    found = {one["reference"] for pair in run.result["copies"]["pairs"] for one in pair["nearest"].values()}
    assert found <= {str(film.token) for film in films[2:]}
    assert run.result["copies"]["n_suspects"] == 1
    page = client.get(f"/generation/quality/{run.token}/").content.decode()
    assert "the images that mine learned from" in page
    assert "Images learned from, of films" in client.get("/generation/quality/").content.decode()


def test_a_training_that_did_not_teach_the_model_is_no_reference(sets, trained, capsys):
    drawn, real, *_ = sets
    mine, first = trained
    assert set(trainings_behind(drawn)) == {mine, first}  # the model that it started from may remember images too
    other = type(mine).objects.create(name="other", kind="lora", state=JobState.DONE, total=1)
    with pytest.raises(QualityError, match="“other” taught no model that drew “drawn”; choose “"):
        queue_quality_run(dataset=drawn, reference=real, by=None, learned_by=other)
    with pytest.raises(CommandError, match="No training called “other” taught what drew “drawn”"):
        call_command("measure_quality", dataset="drawn", learned_by="other")
    call_command("measure_quality", dataset="drawn", learned_by="mine")
    assert "1 of 24 images may be copies" in capsys.readouterr().out


def test_rejected_images_take_no_part(run, sets):
    image = sets[2][5]
    image.excluded_at, image.exclusion_reason = image.created_at, "duplicate"
    image.save()
    measure_run(run.pk)
    run.refresh_from_db()
    assert run.result["counts"]["synthetic"] == {"name": "drawn", "used": 23, "of": 24, "rejected": 1}
    assert run.result["copies"]["n_suspects"] == 0


def test_a_waiting_run_can_be_cancelled(run):
    cancel_quality_run(run=run, by=ResearcherFactory())
    measure_run(run.pk)
    run.refresh_from_db()
    assert run.state == JobState.CANCELLED
    assert run.result == {}


def test_a_running_one_stops_at_the_next_images(run):
    QualityRun.objects.update(cancel_requested=True)
    measure_run(run.pk)
    run.refresh_from_db()
    assert run.state == JobState.CANCELLED


def test_a_missing_file_is_a_sentence_on_the_page(run, sets, client):
    sets[3][0].file.delete(save=False)
    measure_run(run.pk)
    client.force_login(ResearcherFactory())
    page = client.get(f"/generation/quality/{run.token}/").content.decode()
    assert "is missing; bring it back from a backup, or reject it." in page
    assert "Ask again" in page


def test_what_cannot_be_compared_is_refused_with_a_sentence(sets):
    drawn, real, *_ = sets
    empty = DatasetFactory(name="empty")
    for dataset, reference, words in (
        (drawn, drawn, "two different data sets"),
        (real, drawn, "“films” holds no synthetic images"),
        (drawn, empty, "“empty” holds no image"),
    ):
        with pytest.raises(QualityError, match=words):
            queue_quality_run(dataset=dataset, reference=reference, by=None)
    assert not QualityRun.objects.exists()


def test_the_form_queues_a_run_and_says_why_not(sets, client):
    drawn, real, *_ = sets
    client.force_login(ResearcherFactory())
    refused = client.post("/generation/quality/", {"dataset": drawn.token, "reference": drawn.token})
    assert "Choose two different data sets" in refused.content.decode()
    answer = client.post("/generation/quality/", {"dataset": drawn.token, "reference": real.token})
    run = QualityRun.objects.get()
    assert answer.headers["Location"] == f"/generation/quality/{run.token}/"
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Waiting for a worker" in page
    assert "every 2s" in page


def test_without_data_sets_the_page_says_what_it_takes(client):
    client.force_login(ResearcherFactory())
    assert "It takes a synthetic data set with images" in client.get("/generation/quality/").content.decode()


def test_the_command_prints_a_table(sets, capsys):
    call_command("measure_quality", dataset="drawn", reference="films")
    table = capsys.readouterr().out
    assert "KID" in table
    assert "1 of 24 images may be copies" in table


def test_the_command_prints_json_too_and_refuses_a_name_that_it_does_not_know(capsys):
    drawn, films = DatasetFactory(name="drawn", origin=Origin.SYNTHETIC), DatasetFactory(name="films")
    fill(drawn, clouds(2, 1))
    fill(films, clouds(2, 2))
    call_command("measure_quality", dataset="drawn", reference="films", json=True)
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert rows["kid"]["reason"] == "Each set needs at least 20 images; there are 2 and 2."
    with pytest.raises(CommandError, match="No data set is called “nothing”"):
        call_command("measure_quality", dataset="nothing", reference="films")


@pytest.mark.parametrize(
    ("value", "low", "high", "words"),
    [
        (12.3456, 11.0, 13.7, "12.3 [11.0, 13.7]"),
        (0.000123, 0.000100, 0.000146, "0.000123 [0.000100, 0.000146]"),
        (0.98, 0.96, 0.99, "0.980 [0.960, 0.990]"),
        (1.0, 1.0, 1.0, "1.000 [1.000, 1.000]"),
    ],
)
def test_numbers_have_as_many_decimals_as_their_interval_is_worth(value, low, high, words):
    assert numbers({"value": value, "low": low, "high": high, "reason": ""}) == words


def test_a_site_with_a_chest_xray_net_offers_it_and_says_when_its_file_is_gone(sets, client, settings, tmp_path):
    client.force_login(ResearcherFactory())
    assert "chest X-ray net" not in client.get("/generation/quality/").text
    with pytest.raises(QualityError, match="set LUNGSTUDY_XRAY_NET"):
        queue_quality_run(dataset=sets[0], reference=sets[1], by=None, features="xrv-densenet121")
    settings.XRAY_NET = str(tmp_path / "gone.safetensors")
    assert "chest X-ray net" in client.get("/generation/quality/").text
    run = queue_quality_run(dataset=sets[0], reference=sets[1], by=None, features="xrv-densenet121")
    measure_run(run.pk)
    run.refresh_from_db()

    assert run.state == JobState.FAILED
    assert "There are no weights at" in run.reason
