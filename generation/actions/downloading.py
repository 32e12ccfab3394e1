"""Bring a model into a folder that can draw: from the hub, or out of a single file."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import transaction

from generation.actions.ending import end_noted, sentence_for
from generation.actions.leasing import every_second, lease_kept
from generation.actions.registering import GeneratorError, facts_as_fields
from generation.diffusion.hub import download, listing_of, unreachable
from generation.diffusion.inspecting import inspect_model
from generation.models import Download, Generator
from generation.models.download import KIB
from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.jobs.models import JobState
from lungstudy.library.actions.storing import is_disk_full


def bring_model(download_id: int) -> None:
    """Take the download, bring what is still missing, and say how it ended; nothing if another worker has it."""
    job = Download.objects.claim(download_id)
    if job is None:
        return
    with end_noted(job, lambda error: sentence_for_files(error, job.generator)):
        with lease_kept(job):
            bring_files(job)
        job.release(state=JobState.DONE)


def bring_files(job: Download) -> None:
    """The files, then what they turned out to be."""
    generator = job.generator
    folder = bring_from_hub(job, generator) if generator.from_hub else bring_from_file(job, generator)
    learn_facts(generator, folder)


def bring_from_hub(job: Download, generator: Generator) -> Path:
    """Pin the commit first: a download that goes on tomorrow brings the same files."""
    if not settings.ALLOW_DOWNLOADS:
        raise GeneratorError("This site downloads nothing; start it with LUNGSTUDY_ALLOW_DOWNLOADS=1, then try again.")
    listing = listing_of(generator.source, generator.revision)
    Generator.objects.filter(pk=generator.pk).update(revision=listing.commit)
    generator.revision = listing.commit
    Download.objects.filter(pk=job.pk).update(total=listing.size // KIB)
    folder = download(listing, counting(job))
    job.keep_lease(done=listing.size // KIB)  # with what an earlier try had brought
    return folder


def counting(job: Download) -> Callable[[int], None]:
    """Adds up bytes and reports kibibytes, at most once a second."""
    came, report = 0, every_second(lambda kibibytes: job.keep_lease(done=kibibytes))

    def count(n_bytes: int) -> None:
        nonlocal came
        came += n_bytes
        report(came // KIB)

    return count


def bring_from_file(job: Download, generator: Generator) -> Path:
    """Write the single file's weights as a folder of this site; it is the source from then on."""
    from generation.diffusion.single_file import convert  # keeps torch out of the web process

    if Path(generator.source).is_dir():  # a worker died when it had converted it, before it had read what it is
        return Path(generator.source)
    folder = Path(settings.VAR) / "models" / generator.token.hex
    job.keep_lease()
    convert(Path(generator.source), Path(generator.config_source), folder)
    Generator.objects.filter(pk=generator.pk).update(source=str(folder))
    return folder


def learn_facts(generator: Generator, folder: Path) -> None:
    """Store what the model turned out to be; from now on it can draw, and its weights never change."""
    facts = facts_as_fields(inspect_model(folder))
    facts["licence"] = generator.licence or facts["licence"]
    Generator.objects.filter(pk=generator.pk).update(**facts)


def sentence_for_files(error: Exception, generator: Generator) -> str:
    """What to tell the researcher: a full disk and a broken line look alike to nobody but him."""
    if is_disk_full(error):
        return "The disk of the worker's machine is full; free some space, then try again: what came is kept."
    if type(error).__module__.partition(".")[0] in ("httpx", "httpcore", "huggingface_hub", "requests"):
        return unreachable(generator.source)
    return sentence_for(error)


@transaction.atomic
def try_again(*, download: Download, by: User) -> bool:
    """Queue a download that failed or was cancelled; False while it is open or done."""
    again = Download.objects.filter(pk=download.pk).queue_again()
    if again:
        record_event(verb="asked again for a download", by=by, target=download.generator)
    return bool(again)


@transaction.atomic
def cancel_download(*, download: Download, by: User) -> None:
    """Stop it at once if it waits, else at its next block; what came is kept for another try."""
    if Download.objects.filter(pk=download.pk).ask_to_stop():
        record_event(verb="cancelled a download", by=by, target=download.generator)
