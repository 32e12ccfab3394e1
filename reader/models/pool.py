"""Pools: which images a study draws, and how many; one stratum each."""

from django.db import models

from lungstudy.library.models import Dataset, Image, Origin
from reader.models.study import Study

STRATUM = ["study", "origin", "finding", "view", "generator", "prompt", "practice"]


class Pool(models.Model):
    """How many images a study draws of one origin: of a data set, finding, view, model and prompt, or of any."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="pools")
    origin = models.CharField(max_length=10, choices=Origin.choices)
    dataset = models.ForeignKey(Dataset, null=True, blank=True, on_delete=models.PROTECT, related_name="pools")
    finding = models.CharField(max_length=120, blank=True)
    view = models.CharField(max_length=40, blank=True)
    generator = models.CharField(max_length=120, blank=True, help_text="The model that drew them.")
    prompt = models.CharField(max_length=500, blank=True)
    practice = models.BooleanField(default=False, help_text="Shown before the study, and never counted in it.")
    count = models.PositiveIntegerField()

    class Meta:
        ordering = ["practice", "pk"]
        constraints = [
            # Two, since two empty data sets are never equal to a database.
            models.UniqueConstraint(fields=[*STRATUM, "dataset"], name="pool_of_a_data_set_once"),
            models.UniqueConstraint(fields=STRATUM, condition=models.Q(dataset=None), name="pool_of_any_data_set_once"),
            models.CheckConstraint(condition=models.Q(count__gte=1), name="pool_draws_something"),
            models.CheckConstraint(condition=models.Q(origin__in=Origin.values), name="pool_origin_known"),
        ]

    def __str__(self) -> str:
        source = str(self.dataset) if self.dataset else f"any {self.origin} data set"
        words = [str(self.count), "from", source, self.finding, self.view, self.generator, self.prompt]
        return " ".join(word for word in words if word)

    def images(self) -> models.QuerySet[Image]:
        """Images that this pool may draw: of its stratum, and not excluded."""
        wanted = {
            "dataset": self.dataset_id,
            "finding": self.finding,
            "view": self.view,
            "provenance__generator": self.generator,
            "provenance__prompt": self.prompt,
        }
        said = {name: value for name, value in wanted.items() if value}
        return Image.objects.usable().filter(dataset__origin=self.origin, **said)
