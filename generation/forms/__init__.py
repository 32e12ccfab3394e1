"""Generation's forms."""

from generation.forms.batch import BatchForm
from generation.forms.generator import GeneratorForm

__all__ = ["BatchForm", "GeneratorForm"]
