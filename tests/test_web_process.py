"""The web process stays small: no page, form or model brings torch into it, or a package that its image lacks."""

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.conftest import REPOSITORY

# Loaded by workers only; matplotlib and highdicom only by what draws a plot or writes DICOM.
TOO_HEAVY = (
    "torch",
    "diffusers",
    "transformers",
    "accelerate",
    "matplotlib",
    "sklearn",
    "statsmodels",
    "pandas",
    "scipy.stats",
    "highdicom",
)
LOAD = """
import json, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

absent = set(json.loads(sys.argv[1]))
sys.meta_path.insert(0, Absent())

import lungstudy.wsgi
from django.urls import get_resolver

def load(resolver):
    for pattern in resolver.url_patterns:
        load(pattern) if hasattr(pattern, "url_patterns") else pattern.callback

load(get_resolver())
modules = list(sys.modules)
absent.clear()
import psutil
print(json.dumps({"modules": modules, "megabytes": psutil.Process().memory_info().rss / 1e6}))
"""


def beyond_the_image() -> list[str]:
    """Modules that this environment has and the image of web, installed from requirements/base.txt, has not."""
    lock = (REPOSITORY / "requirements" / "base.txt").read_text()
    locked = set(re.findall(r"^([a-z0-9._-]+)==", lock, re.M))
    owners = packages_distributions().items()
    return [module for module, names in owners if not {re.sub(r"[._]", "-", n.lower()) for n in names} & locked]


def load_every_page(absent: list[str]) -> dict:
    """What a web process holds once every page's code is loaded, where some modules cannot be imported."""
    command = [sys.executable, "-c", LOAD, json.dumps(absent)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def loaded() -> dict:
    """With everything installed, as on a machine that draws images too."""
    return load_every_page(absent=[])


@pytest.mark.parametrize("package", TOO_HEAVY)
def test_the_web_process_with_every_page_loaded_does_not_import(package, loaded):
    assert package not in loaded["modules"]


def test_every_page_was_loaded_for_that(loaded, note):
    note(f"The web process with every page loaded holds {loaded['megabytes']:.0f} MB.")
    assert {"reader.urls", "generation.urls", "lungstudy.library.urls"} <= set(loaded["modules"])


def test_the_web_process_needs_no_package_beyond_those_of_its_image():
    absent = beyond_the_image()
    assert {"torch", "django_stubs_ext", "pytest"} <= set(absent)
    assert "reader.urls" in load_every_page(absent)["modules"]
