"""The web process stays small: no page, form or model brings torch into it."""

import json
import subprocess
import sys

import pytest

# Loaded by workers only; matplotlib only by the page that draws a plot.
TOO_HEAVY = ("torch", "diffusers", "transformers", "accelerate", "matplotlib", "sklearn", "statsmodels", "pandas")
LOAD = """
import json, sys
import lungstudy.wsgi
from django.test import RequestFactory
from django.urls import get_resolver

def load(resolver):
    for pattern in resolver.url_patterns:
        load(pattern) if hasattr(pattern, "url_patterns") else pattern.callback

load(get_resolver())
modules = list(sys.modules)
import psutil
print(json.dumps({"modules": modules, "megabytes": psutil.Process().memory_info().rss / 1e6}))
"""


@pytest.fixture(scope="module")
def loaded() -> dict:
    """What a web process holds once every page's code is loaded."""
    done = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("package", TOO_HEAVY)
def test_the_web_process_with_every_page_loaded_does_not_import(package, loaded):
    assert package not in loaded["modules"]


def test_every_page_was_loaded_for_that(loaded, note):
    note(f"The web process with every page loaded holds {loaded['megabytes']:.0f} MB.")
    assert {"reader.urls", "generation.urls", "lungstudy.library.urls"} <= set(loaded["modules"])
