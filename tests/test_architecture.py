"""Habits of the house that no linter knows: pages without inline code, short files, no pickles, no secrets."""

import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
LONGEST_FILE = 300
PICKLES = {".bin", ".ckpt", ".pt", ".pth", ".pkl", ".pickle", ".joblib", ".npy"}
INLINE = {
    "an unescaped value": re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.I),
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "an inline handler": re.compile(r"\son(?:click|load|change|submit|input|error|key\w+)\s*=", re.I),
    "a third party": re.compile(r"(?:src|srcset|action)=[\"'](?:https?:)?//|<link[^>]+href=[\"'](?:https?:)?//", re.I),
}
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bghp_\w{36}\b|\bhf_[A-Za-z0-9]{30,}\b"
    r"|(?:SECRET_KEY|PASSWORD)\s*=\s*[\"'][^\"'{}$ ]{16,}[\"']"
)


def tracked(*suffixes: str) -> list[Path]:
    """Files of the project that git knows or would add, with one of these endings."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout.splitlines()
    paths = [REPOSITORY / name for name in names]
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(REPOSITORY)) for path in paths]


def ours(path: Path) -> bool:
    """Written by us, not vendored and not made by a tool."""
    return not {"vendor", "migrations"} & set(path.parts)


@pytest.mark.parametrize("habit", INLINE)
def test_no_template_holds(habit):
    templates = tracked(".html", ".svg", ".txt")
    guilty = [path for path in templates if "templates" in path.parts and INLINE[habit].search(path.read_text())]
    assert named(guilty) == []


def test_no_source_file_is_longer_than_three_hundred_lines():
    sources = [path for path in tracked(".py", ".js", ".css") if ours(path)]
    assert named([path for path in sources if len(path.read_text().splitlines()) > LONGEST_FILE]) == []


def test_no_module_is_named_after_nothing():
    vague = {"utils", "util", "helpers", "common", "misc", "tools"}
    assert named([path for path in tracked(".py") if path.stem in vague]) == []


def test_every_module_says_what_it_is_for():
    """Empty package markers aside."""
    modules = [path for path in tracked(".py") if ours(path)]
    first_lines = {path: path.read_text().lstrip().removeprefix("#!/usr/bin/env python\n") for path in modules}
    assert named([path for path, text in first_lines.items() if text and not text.startswith('"""')]) == []


def test_weights_are_safetensors_only():
    assert named([path for path in tracked() if path.suffix in PICKLES]) == []


def test_no_image_of_a_patient_is_in_the_repository():
    assert named(tracked(".dcm", ".dicom", ".tif", ".tiff")) == []


def test_no_secret_is_in_the_repository():
    texts = [path for path in tracked() if path.stat().st_size < 1_000_000]
    assert named([path for path in texts if SECRET.search(path.read_text(errors="ignore"))]) == []
