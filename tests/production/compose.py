"""Reads docker-compose.yml as a container engine would, far enough to run its commands by hand."""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parent.parent.parent
FILE = REPOSITORY / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}")


def filled_in(value: Any, env: Mapping[str, str]) -> Any:
    """Replace ${NAME}, ${NAME:-default} and ${NAME:?message} as compose does."""
    if isinstance(value, dict):
        return {key: filled_in(item, env) for key, item in value.items()}
    if isinstance(value, list):
        return [filled_in(item, env) for item in value]
    return VARIABLE.sub(lambda found: _one(found, env), value) if isinstance(value, str) else value


def _one(found: re.Match, env: Mapping[str, str]) -> str:
    name, kind, text = found.groups()
    if env.get(name):
        return env[name]
    if kind == ":?":
        raise LookupError(f"{name}: {text}")
    return text or ""


def services(env: Mapping[str, str]) -> dict[str, Any]:
    """The services with their variables filled in."""
    return filled_in(yaml.safe_load(FILE.read_text()), env)["services"]


def command_here(service: Mapping[str, Any], port: int) -> list[str]:
    """A service's command, listening on a port of this machine and run by this environment."""
    words = [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in service["command"]]
    if "/dev/shm" in words and not Path("/dev/shm").is_dir():
        words = [word.replace("/dev/shm", "/tmp") for word in words]
    return words


def environment_here(service: Mapping[str, Any], *, var: Path, database: str, broker: str, port: int) -> dict[str, str]:
    """A service's environment with the stores' addresses replaced by those of this machine, and nothing else added."""
    replaced = {
        "LUNGSTUDY_VAR": str(var),
        "LUNGSTUDY_UPLOAD_TEMP": str(var / "uploads"),
        "LUNGSTUDY_DATABASE_URL": database,
        "LUNGSTUDY_BROKER_URL": broker,
        "HF_HOME": str(var / "models"),
        "PORT": str(port),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(var),
    }
    return {**service["environment"], **replaced}
