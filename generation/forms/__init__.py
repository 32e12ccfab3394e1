"""Generation's forms."""

from generation.forms.batch import BatchForm
from generation.forms.generator import AdapterForm, GeneratorForm

__all__ = ["AdapterForm", "BatchForm", "GeneratorForm"]
