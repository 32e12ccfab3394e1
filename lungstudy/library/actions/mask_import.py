"""Import masks that were drawn elsewhere, for images that the library has: good ones are stored, others named."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.library.actions.image_names import ImageNames, NoSuchImageError
from lungstudy.library.actions.mask_csv import MaskRow, Only, definition_of, read_mask_csv
from lungstudy.library.actions.mask_sets import SetDescription, known_set, set_described_as
from lungstudy.library.actions.masks import MaskError, first_version, mask_sha256, refuse_unfit, store_mask
from lungstudy.library.actions.path_names import PathNames
from lungstudy.library.actions.sources import RefusedFileError, SourceFile, walk
from lungstudy.library.models import Dataset, Definition, Image, MaskSet
from lungstudy.library.pixels.masks.reading import MaskFileError, read_mask

Progress = Callable[[int, int], object]


class MaskImportError(Exception):
    """Nothing was imported; one sentence says why and what to do."""


class RefusedMaskError(Exception):
    """One mask is not taken; one sentence says why."""


@dataclass
class MaskReport:
    """What came of an import: how many went into each set, and each file that was not taken with the reason."""

    added: dict[MaskSet, int] = field(default_factory=dict)
    already_there: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def n_added(self) -> int:
        """Into all sets."""
        return sum(self.added.values())

    @property
    def unstated(self) -> list[str]:
        """A sentence for each set whose definition nobody stated, since that limits what it can be used for."""
        return [
            f"The definition of “{mask_set}” is unstated, so outlines of lungs in it are never pooled with another "
            "set's. If its source states one, import the masks with it under another name."
            for mask_set in self.added
            if mask_set.definition == Definition.UNSTATED
        ]


@dataclass(frozen=True, kw_only=True)
class MaskOrder:
    """Which masks go where: a folder, a zip or a file; a CSV where names alone do not say what belongs together."""

    source: Path
    dataset: Dataset
    described: SetDescription
    mask_csv: Path | None = None
    only: Only | None = None
    most: int | None = None


def import_masks(*, order: MaskOrder, by: User | None, on_progress: Progress | None = None) -> MaskReport:
    """Store every mask that fits its image; run again after any interruption, nothing is doubled.

    Raises
    ------
    MaskImportError, SourceError, MetadataError, MaskSetError, StorageFullError
        The import as a whole cannot be done; what was stored before the disk was full stays.
    """
    work = _MaskImport(order, by)
    work.run(on_progress)
    with transaction.atomic():
        for mask_set, n in work.report.added.items():
            record_event(
                verb="imported masks", by=by, target=mask_set, dataset=order.dataset.name,
                source=order.source.name, added=n, not_imported=len(work.report.problems),
            )  # fmt: skip
    return work.report


class _MaskImport:
    """One walk through the files."""

    def __init__(self, order: MaskOrder, by: User | None) -> None:
        self.order, self.by = order, by
        self.report = MaskReport()
        self.rows = read_mask_csv(order.mask_csv, order.only) if order.mask_csv else []
        self.row_of = self._rows_by_file()
        self.taken: dict[tuple[Definition, int], str] = {}
        self.described = self._sets()
        for described in self.described.values():
            known_set(described)  # refuses before anything is stored

    def _sets(self) -> dict[Definition, SetDescription]:
        """A set for each definition; rows without one follow what was said of the whole."""
        asked = self.order.described
        stated = {definition_of(row.definition) for row in self.rows if row.definition} - {None}
        wanted = {each for each in stated if each is not None}
        if not self.rows or any(not row.definition for row in self.rows):
            wanted.add(asked.definition)
        if wanted == {asked.definition}:
            return {asked.definition: asked}
        return {each: asked.under(each) for each in sorted(wanted)}

    def run(self, on_progress: Progress | None) -> None:
        """Take every mask that there is."""
        total = sum(1 for _ in self._files())
        most = self.order.most
        if most is not None and total > most:
            raise MaskImportError(
                f"There are {total:,} masks, and this page takes {most} at once. Send fewer, or ask an admin to run "
                "manage.py import_masks."
            )
        images = self.order.dataset.images.only("source_name", "width", "height", "token")
        self.images = ImageNames(images)
        for done, file in enumerate(self._files(), start=1):
            try:
                self._take(file)
            except (RefusedFileError, RefusedMaskError, NoSuchImageError, MaskFileError, MaskError) as error:
                self.report.problems.append((file.name, str(error)))
            if on_progress:
                on_progress(done, total)

    def _rows_by_file(self) -> dict[str, MaskRow]:
        """Which row each file has; rows without a file, and those whose file another row has, are reported."""
        files = PathNames((file.name, file.name) for file in walk(self.order.source)) if self.rows else None
        row_of: dict[str, MaskRow] = {}
        for row in self.rows:
            name = files.find(row.mask) if files else None
            if name is None:
                self.report.problems.append((row.mask, "The CSV names this mask; it was not found."))
            elif name in row_of:
                reason = f"The CSV gives it to “{row_of[name].image}” already. Give each image its own mask."
                self.report.problems.append((row.mask, reason))
            else:
                row_of[name] = row
        return row_of

    def _files(self) -> Iterator[SourceFile]:
        """Every file that may be a mask: with a CSV, those that it names."""
        for file in walk(self.order.source):
            if file.path is not None and file.path == self.order.mask_csv:
                continue
            if not self.rows or file.name in self.row_of:
                yield file

    def _take(self, file: SourceFile) -> None:
        row = self.row_of.get(file.name)
        definition = self._definition(row)
        image = self.images.find(row.image if row else file.name)
        if earlier := self.taken.get((definition, image.pk)):
            raise RefusedMaskError(f"A second mask of “{image.source_name}”; “{earlier}” came first and is used.")
        self._store(file, image, definition)
        self.taken[definition, image.pk] = file.name

    def _definition(self, row: MaskRow | None) -> Definition:
        if row is None or not row.definition:
            return self.order.described.definition
        if stated := definition_of(row.definition):
            return stated
        known = ", ".join(Definition.values)
        raise RefusedMaskError(f"The CSV says “{row.definition}” of its definition; known ones are {known}.")

    def _store(self, file: SourceFile, image: Image, definition: Definition) -> None:
        pixels = read_mask(file.read())
        refuse_unfit(image, pixels)  # before a set is made for it
        mask_set = set_described_as(described=self.described[definition], by=self.by)
        self.report.added.setdefault(mask_set, 0)
        known = first_version(mask_set, image)
        if known is None:
            store_mask(mask_set=mask_set, image=image, pixels=pixels)
            self.report.added[mask_set] += 1
        elif known.sha256 == mask_sha256(pixels):
            self.report.already_there += 1
        else:
            raise RefusedMaskError(
                f"The set holds another mask of “{image.source_name}”. Correct that one, or import into another set."
            )
