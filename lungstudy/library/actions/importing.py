"""Import: read files one at a time, store the good ones, report the others by name, and go on after anything."""

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from lungstudy.jobs.models import JobCancelledError, JobState, LeaseLostError
from lungstudy.library.actions.duplicates import DuplicateFinder
from lungstudy.library.actions.facts import complete_image, facts_of
from lungstudy.library.actions.flagging import flags_of
from lungstudy.library.actions.metadata import Metadata, MetadataError, Row, read_metadata
from lungstudy.library.actions.problems import refuse, remark, remark_on_each
from lungstudy.library.actions.runs import discard_upload
from lungstudy.library.actions.sources import RefusedFileError, SourceError, SourceFile, walk
from lungstudy.library.actions.storing import StorageFullError, fitting, store_image
from lungstudy.library.actions.windows import WindowError, window_of
from lungstudy.library.models import Image, ImportRun
from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.decoded import ImageError
from lungstudy.library.pixels.hashes import content_sha256

logger = logging.getLogger(__name__)
SECONDS_BETWEEN_HEARTBEATS = 1.0
Progress = Callable[[ImportRun], object]


def import_images(*, run: ImportRun, on_progress: Progress | None = None) -> None:
    """Bring every file of a claimed run into its data set, and end the run.

    What an earlier worker stored for this run is met again by its hash, so a run that was taken over ends with the
    same images as one that was not.
    """
    state, reason = JobState.DONE, ""
    try:
        _Import(run, on_progress).work()
    except LeaseLostError:
        logger.warning("%s was taken over by another worker", run)
        return
    except JobCancelledError:
        state = JobState.CANCELLED
    except (SourceError, MetadataError, WindowError, StorageFullError) as error:
        state, reason = JobState.FAILED, str(error)
    except Exception:
        logger.exception("%s stopped", run)
        state, reason = JobState.FAILED, "It stopped on an error of the site's own. See the worker's log, then retry."
    _save_counts(run)
    # A failed run keeps its uploaded files, so that it can be tried again.
    if run.release(state=state, reason=reason) and state != JobState.FAILED:
        discard_upload(run)


def _save_counts(run: ImportRun) -> None:
    """Write the counts down, unless another worker counts by now."""
    counts = {name: getattr(run, name) for name in ("done", "total", "added", "already_there", "flagged")}
    ImportRun.objects.filter(pk=run.pk, lease_token=run.lease_token).update(**counts)


class _Import:
    """One walk through the files of a run."""

    def __init__(self, run: ImportRun, on_progress: Progress | None) -> None:
        self.run = run
        self.on_progress = on_progress
        self.window = window_of(run.window)
        self.metadata = read_metadata(Path(run.metadata_csv)) if run.metadata_csv else None
        self.duplicates = DuplicateFinder(run.dataset)
        self.next_heartbeat = 0.0
        # An earlier worker's part of this run counts as this run's.
        run.added, run.flagged = run.images.count(), run.images.flagged().count()
        run.done = run.already_there = 0

    def work(self) -> None:
        """Import every file, then say which rows of the CSV met none."""
        self.run.total = sum(1 for _ in self._files())
        self._heartbeat()
        for file in self._files():
            self._take(file)
            self.run.done += 1
            if time.monotonic() >= self.next_heartbeat:
                self._heartbeat()
        if self.metadata:
            self._report_rows(self.metadata)
        self._heartbeat()

    def _files(self) -> Iterator[SourceFile]:
        """Every file on offer but the metadata CSV itself."""
        source = Path(self.run.source)
        csv = Path(self.run.metadata_csv) if self.run.metadata_csv else None
        return (file for file in walk(source) if csv is None or file.path != csv)

    def _heartbeat(self) -> None:
        """Renew the lease and write down how far the run is; raises when somebody stopped it or took it over."""
        self.run.keep_lease()
        _save_counts(self.run)
        self.next_heartbeat = time.monotonic() + SECONDS_BETWEEN_HEARTBEATS
        if self.on_progress:
            self.on_progress(self.run)

    def _take(self, file: SourceFile) -> None:
        """Store one file, or write down why not."""
        row = self.metadata.row_for(file.name) if self.metadata else None
        if self.metadata and row is None:
            remark(run=self.run, file_name=file.name, reason="The metadata CSV has no row for this file.")
        try:
            data = file.read()
            sha256 = content_sha256(data)
            known = self.run.dataset.images.filter(source_sha256=sha256).first()
            if known:
                self._meet_again(file, known, row)
            else:
                self._store(file, data, sha256, row)
        except (RefusedFileError, ImageError) as error:
            refuse(run=self.run, file_name=file.name, reason=str(error))

    def _meet_again(self, file: SourceFile, known: Image, row: Row | None) -> None:
        """A file that the data set holds: from another run, from this run's earlier worker, or under another name."""
        if row:
            complete_image(image=known, row=row)
        if known.import_run_id != self.run.pk:
            self.run.already_there += 1
        elif known.source_name != fitting(Image, "source_name", file.name):
            self.run.already_there += 1
            remark(run=self.run, file_name=file.name, reason=f"The same file as “{known.source_name}”; stored once.")

    def _store(self, file: SourceFile, data: bytes, sha256: str, row: Row | None) -> None:
        decoded = decode(data, ct_window=self.window)
        flags = flags_of(decoded, self.run.dataset, self.duplicates)
        facts = facts_of(name=file.name, decoded=decoded, row=row, flags=flags)
        _, created = store_image(
            dataset=self.run.dataset, pixels=decoded.pixels, source_sha256=sha256, facts=facts, import_run=self.run
        )
        self.run.added += created
        self.run.already_there += not created
        self.run.flagged += created and bool(flags)

    def _report_rows(self, metadata: Metadata) -> None:
        missing, repeated = metadata.rows_without_file(), metadata.repeated
        remark_on_each(run=self.run, file_names=missing, reason="The metadata CSV names this file; it was not found.")
        remark_on_each(
            run=self.run, file_names=repeated, reason="The metadata CSV has two rows for it; the first is used."
        )
