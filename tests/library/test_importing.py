"""Import runs: every file ends stored or named, whatever is wrong, whoever is killed, however often it is run."""

import zipfile
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from PIL import Image as PillowImage

from lungstudy import celery_app
from lungstudy.jobs.models import JobState
from lungstudy.library.actions.importing import import_images
from lungstudy.library.actions.runs import retry_import, start_import
from lungstudy.library.models import Dataset, Image, ImportRun, ProblemKind
from lungstudy.library.tasks import run_import, wake_waiting_imports
from tests.factories import DatasetFactory, ResearcherFactory
from tests.library.test_storing import SmallDisk, files_below, media  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def write_film(path, seed=0, size=240):
    """A smooth grey picture that looks like no other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(seed).integers(0, 256, (8, 8), dtype=np.uint8)
    PillowImage.fromarray(coarse).resize((size, size), PillowImage.Resampling.BICUBIC).save(path)
    return path


@pytest.fixture
def films(tmp_path):
    folder = tmp_path / "films"
    for seed in range(4):
        write_film(folder / f"film{seed}.png", seed)
    return folder


def start(source, dataset=None, metadata_csv=None, uploaded=False):
    return start_import(
        dataset=dataset or DatasetFactory(),
        source=source,
        metadata_csv=metadata_csv,
        window="lung",
        uploaded=uploaded,
        by=None,
    )


def work(run):
    """What a worker does when it is woken."""
    claimed = ImportRun.objects.claim(run.pk)
    import_images(run=claimed)
    claimed.refresh_from_db()
    return claimed


def problems(run):
    return {problem.file_name: problem.reason for problem in run.problems.all()}


def test_every_file_is_stored_or_named_with_its_reason(films):
    (films / "empty.png").touch()
    (films / "page.jpg").write_text("<html></html>")
    (films / "deep").mkdir()
    (films / "deep" / "cut.png").write_bytes((films / "film0.png").read_bytes()[:500])
    run = work(start(films))

    assert (run.state, run.total, run.done, run.added) == (JobState.DONE, 7, 7, 4)
    assert sorted(problems(run)) == ["deep/cut.png", "empty.png", "page.jpg"]
    assert all(reason.endswith(".") for reason in problems(run).values())


def test_a_second_import_adds_nothing(films):
    dataset = DatasetFactory()
    work(start(films, dataset))
    again = work(start(films, dataset))

    assert (again.added, again.already_there, again.problems.count()) == (0, 4, 0)
    assert Image.objects.count() == 4


def test_the_same_file_under_two_names_is_stored_once_and_said(films):
    (films / "naïve copy.png").write_bytes((films / "film0.png").read_bytes())
    run = work(start(films))

    assert (run.added, run.already_there) == (4, 1)
    assert problems(run) == {"naïve copy.png": "The same file as “film0.png”; stored once."}


def test_the_same_pixels_in_another_data_set_are_flagged(films):
    first = DatasetFactory(name="First")
    work(start(films, first))
    PillowImage.open(films / "film0.png").save(films / "film0.tif")
    (films / "film0.png").unlink()
    run = work(start(films))
    sentences = [flag["sentence"] for flag in run.images.get(source_name="film0.tif").flags]

    assert run.images.with_flag("duplicate").count() == 4
    assert "The same pixels as “film0.png” in the data set “First”." in sentences


def test_nearly_the_same_film_is_flagged_within_its_data_set(films, tmp_path):
    film = PillowImage.open(films / "film0.png")
    film.resize((210, 210), PillowImage.Resampling.BICUBIC).save(films / "smaller.png")
    run = work(start(films))
    flagged = run.images.with_flag("near_duplicate")

    assert [image.source_name for image in flagged] == ["smaller.png"]
    assert "Nearly the same picture as “film0.png” in this data set." in [each["sentence"] for each in flagged[0].flags]


def test_facts_come_from_the_csv_and_what_does_not_match_is_said(films, tmp_path):
    csv = tmp_path / "metadata.csv"
    rows = [
        "file,finding,view,sex,age,patient_key",
        "images/film0.png,mass,PA,F,61,P1",
        "film1.png,,AP,,,",
        "gone.png,,,,,",
        "film1.png,,PA,,,",
    ]
    csv.write_text("\n".join(rows))
    run = work(start(films, metadata_csv=csv))
    film = run.images.get(source_name="film0.png")

    assert (film.finding, film.view, film.sex, film.age, film.patient_key) == ("mass", "PA", "F", "61", "P1")
    assert problems(run) == {
        "film1.png": "The metadata CSV has two rows for it; the first is used.",
        "film2.png": "The metadata CSV has no row for this file.",
        "film3.png": "The metadata CSV has no row for this file.",
        "gone.png": "The metadata CSV names this file; it was not found.",
    }
    assert set(run.problems.values_list("kind", flat=True)) == {ProblemKind.REMARK}


def test_a_csv_that_comes_later_fills_what_was_empty_and_changes_nothing_else(films, tmp_path):
    dataset = DatasetFactory()
    work(start(films, dataset))
    Image.objects.filter(source_name="film0.png").update(view="AP")
    csv = tmp_path / "metadata.csv"
    csv.write_text("file,finding,view\nfilm0.png,mass,PA\n")
    work(start(films / "film0.png", dataset, csv))
    film = Image.objects.get(source_name="film0.png")

    assert (film.finding, film.view) == ("mass", "AP")


def test_a_csv_with_a_wrong_column_fails_the_run_before_anything_is_stored(films, tmp_path):
    csv = tmp_path / "metadata.csv"
    csv.write_text("picture,finding\nfilm0.png,mass\n")
    run = work(start(films, metadata_csv=csv))

    assert run.state == JobState.FAILED
    assert run.reason.startswith("The metadata CSV has no column “file”. Found: picture, finding.")
    assert not Image.objects.exists()


def test_a_csv_inside_the_folder_is_no_bad_picture(films):
    csv = films / "metadata.csv"
    csv.write_text("file,finding\n" + "".join(f"film{n}.png,mass\n" for n in range(4)))
    run = work(start(films, metadata_csv=csv))

    assert (run.total, run.added, run.problems.count()) == (4, 4, 0)


def test_a_zip_is_imported_and_what_climbs_out_of_it_is_named(films, tmp_path):
    with zipfile.ZipFile(tmp_path / "films.zip", "w") as archive:
        for path in sorted(films.iterdir()):
            archive.write(path, f"set/{path.name}")
        archive.writestr("../../outside.png", (films / "film0.png").read_bytes())
    run = work(start(tmp_path / "films.zip"))

    assert run.added == 4
    assert list(problems(run)) == ["../../outside.png"]
    assert not (tmp_path.parent / "outside.png").exists()
    assert set(run.images.values_list("source_name", flat=True)) == {f"set/film{n}.png" for n in range(4)}


@pytest.mark.parametrize("kept", [0, 1, 3])
def test_a_run_whose_worker_was_killed_is_finished_by_another_with_the_same_images(films, kept):
    run = start(films)
    killed = ImportRun.objects.claim(run.pk)

    def die(at):
        if at.done >= kept:
            raise SystemExit("killed")

    with pytest.raises(SystemExit):
        import_images(run=killed, on_progress=die)
    assert ImportRun.objects.claim(run.pk) is None  # the dead worker's lease still holds
    ImportRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    run_import(run.pk)
    run.refresh_from_db()

    assert (run.state, run.added, run.already_there, run.attempts) == (JobState.DONE, 4, 0, 2)
    assert Image.objects.count() == 4
    assert not run.problems.exists()


def test_a_worker_whose_lease_was_taken_stops_without_ending_the_run(films):
    run = start(films)
    slow = ImportRun.objects.claim(run.pk)
    ImportRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    other = ImportRun.objects.claim(run.pk)
    import_images(run=slow)
    other.refresh_from_db()

    assert other.state == JobState.RUNNING
    assert not Image.objects.exists()


def test_a_cancelled_run_stops_and_keeps_what_it_stored(films):
    run = start(films)
    claimed = ImportRun.objects.claim(run.pk)

    def cancel(at):
        ImportRun.objects.filter(pk=at.pk).update(cancel_requested=True)

    import_images(run=claimed, on_progress=cancel)
    run.refresh_from_db()

    assert run.state == JobState.CANCELLED


def test_a_full_disk_ends_the_run_with_a_sentence_and_a_retry_goes_on_from_there(films, media):  # noqa: F811
    noise = np.random.default_rng(9).integers(0, 256, (1000, 1000), dtype=np.uint8)
    PillowImage.fromarray(noise).save(films / "film9.png")
    SmallDisk.room = 900_000
    run = work(start(films))

    assert run.state == JobState.FAILED
    assert run.reason.startswith("The disk is full. Free some space")
    assert (run.added, Image.objects.count(), len(files_below(media))) == (4, 4, 8)

    SmallDisk.room = 10**9
    retry_import(run=run, by=ResearcherFactory())
    run = work(run)

    assert (run.state, run.added, run.already_there) == (JobState.DONE, 5, 0)
    assert (Image.objects.count(), len(files_below(media))) == (5, 10)


def test_nothing_at_the_path_fails_the_run_with_a_sentence(tmp_path):
    run = work(start(tmp_path / "gone"))
    assert run.state == JobState.FAILED
    assert "There is nothing at" in run.reason


@pytest.mark.parametrize(("broken", "left"), [(False, False), (True, True)])
def test_uploaded_files_go_when_the_run_ends_and_stay_when_it_can_be_tried_again(films, settings, broken, left):
    settings.UPLOADS = films.parent
    csv = films / "bad.csv"
    csv.write_text("nothing\n")
    work(start(films, metadata_csv=csv if broken else None, uploaded=True))

    assert films.exists() is left


def test_a_folder_of_the_users_own_is_never_deleted(films):
    work(start(films))
    assert len(list(films.iterdir())) == 4


@pytest.fixture
def eager():
    """Celery runs a task where it is sent."""
    celery_app.conf.task_always_eager = True
    yield
    celery_app.conf.task_always_eager = False


@pytest.mark.usefixtures("eager")
def test_beat_wakes_waiting_runs_and_those_of_dead_workers(films):
    waiting, left_behind, held = start(films), start(films), start(films)
    for run in (left_behind, held):
        ImportRun.objects.claim(run.pk)
    ImportRun.objects.filter(pk=left_behind.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    wake_waiting_imports()
    states = {run.pk: run.state for run in ImportRun.objects.all()}

    assert [states[run.pk] for run in (waiting, left_behind, held)] == ["done", "done", "running"]


def test_a_second_wake_up_finds_nothing_left_to_do(films):
    run = start(films)
    run_import(run.pk)
    run_import(run.pk)
    assert Dataset.objects.get().images.count() == 4
