"""One trial for each case of the studies that were there before trials were."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def fill(apps, schema_editor):
    Case, Trial, Slot = (apps.get_model("reader", name) for name in ("Case", "Trial", "Slot"))
    Pool, Reading, Study = (apps.get_model("reader", name) for name in ("Pool", "Reading", "Study"))
    Dataset = apps.get_model("library", "Dataset")
    cases = Case.objects.filter(trial=None)
    Trial.objects.bulk_create(
        [Trial(study_id=study, number=number) for study, number in cases.values_list("study_id", "number")]
    )
    trial = Trial.objects.filter(study=OuterRef("study"), number=OuterRef("number")).values("pk")[:1]
    cases.update(trial=Subquery(trial))
    of_case = Case.objects.filter(pk=OuterRef("case")).values("trial")[:1]
    Slot.objects.filter(trial=None).update(trial=Subquery(of_case), arrangement=[1])
    origin = Dataset.objects.filter(pk=OuterRef("dataset")).values("origin")[:1]
    Pool.objects.update(origin=Subquery(origin))
    Reading.objects.filter(counted=False).update(why_apart="closed")
    Study.objects.update(order_seed=F("seed"))


class Migration(migrations.Migration):

    dependencies = [("reader", "0002_trials_and_protocol"), ("library", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
