"""Make data sets and change what is said about them."""

from django.db import transaction

from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.library.models import Dataset, Modality, Origin


@transaction.atomic
def create_dataset(
    *, name: str, origin: Origin, modality: Modality, licence: str, citation: str, by: User | None
) -> Dataset:
    """An empty data set; `by` is None where a command makes it."""
    dataset = Dataset.objects.create(
        name=name, origin=origin, modality=modality, licence=licence, citation=citation, created_by=by
    )
    record_event(verb="created data set", by=by, target=dataset, licence=licence)
    return dataset


@transaction.atomic
def describe_dataset(*, dataset: Dataset, name: str, licence: str, citation: str, by: User) -> None:
    """Correct the name, licence and citation; the log keeps what was said before."""
    before = {"name": dataset.name, "licence": dataset.licence, "citation": dataset.citation}
    dataset.name, dataset.licence, dataset.citation = name, licence, citation
    dataset.save(update_fields=["name", "licence", "citation"])
    record_event(verb="described data set", by=by, target=dataset, before=before)
