"""The flow of images and readers: how many there were at each step, with every exclusion."""

from collections import Counter

from django.db.models import Count
from django.utils import timezone

from lungstudy.library.models import Image
from reader.models import Pool, Reading, Study, WhyApart
from reader.reports.document.blocks import Block, Paragraph, Table

MASKS_OVERRIDE = "Hand-drawn masks lie on images of one origin more often than on the other's."


def flow_blocks(study: Study) -> list[Block]:
    """Images by pool, exclusions with their reasons, readers, and answers that do not count."""
    return [
        Table(
            "Images by pool", ("Pool", "In the library now", "Drawn"), [pool_row(pool) for pool in study.pools.all()]
        ),
        *rejections(study),
        exclusions(study),
        Table("Readers", ("Step", "Readers"), reader_rows(study)),
        Paragraph(apart_sentence(study)),
    ]


def pool_row(pool: Pool) -> tuple[str, str, str]:
    """One stratum: what fits it today, and what the study drew of it."""
    name = f"{pool}{' (practice)' if pool.practice else ''}"
    return name, str(pool.images().count()), str(pool.cases.count())


def exclusions(study: Study) -> Block:
    """Images that a person took out of the study's data sets, by reason."""
    excluded = Image.objects.excluded().filter(dataset__images__cases__study=study).distinct()
    reasons = Counter(excluded.values_list("exclusion_reason", flat=True))
    if not reasons:
        return Paragraph("No image of the study's data sets was excluded from the library.")
    rows = [(reason or "no reason given", str(count)) for reason, count in reasons.most_common()]
    return Table("Images excluded from the study's data sets, by reason", ("Reason", "Images"), rows)


def rejections(study: Study) -> list[Block]:
    """How many generated images people had rejected when the study was sealed: hand-picked fakes fool more readers."""
    sealed = study.sealed_at or timezone.now()
    images = Image.objects.synthetic().filter(dataset__images__cases__study=study, created_at__lte=sealed).distinct()
    generated = images.count()
    if not generated:
        return []
    rejected = images.filter(excluded_at__lte=sealed)
    reasons = Counter(reason.partition(": ")[0] for reason in rejected.values_list("exclusion_reason", flat=True))
    n = sum(reasons.values())
    words = f" ({', '.join(f'{reason}: {count}' for reason, count in reasons.most_common())})" if n else ""
    said = f"{n} of {generated} generated images of the study's data sets were rejected by hand before sealing{words}."
    picked = " What readers saw is a selection." if n else ""
    return [Paragraph(said + picked)]


def reader_rows(study: Study) -> list[tuple[str, str]]:
    """Invited, joined, began, read all."""
    places = study.assignments
    return [
        ("invited", str(places.count())),
        ("joined", str(places.joined().count())),
        ("gave at least one answer", str(places.exclude(started_at=None).count())),
        ("answered in every slot", str(places.finished().count())),
    ]


def apart_sentence(study: Study) -> str:
    """Answers that were kept but not counted, by the reason why."""
    apart = Reading.objects.filter(slot__assignment__study=study, slot__session__gt=0, counted=False)
    counts = apart.order_by().values_list("why_apart").annotate(n=Count("pk"))
    if not counts:
        return "Every answer that reached the server is counted."
    parts = [f"{n}: {WhyApart(why).label.lower()}" for why, n in counts]
    return f"Kept, reported and not counted: {'; '.join(parts)}."
