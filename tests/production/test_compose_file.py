"""docker-compose.yml is valid, gives no service more than it uses, and refuses to start half filled in."""

import re
import subprocess
import sys

import pytest
import yaml

from tests.production.compose import FILE, REPOSITORY, filled_in, services

ENV = {
    "LUNGSTUDY_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "LUNGSTUDY_BASE_URL": "https://reading.example.org",
    "LUNGSTUDY_ALLOWED_HOSTS": "reading.example.org",
    "LUNGSTUDY_CERTIFICATES": "/etc/certificates",
    "POSTGRES_PASSWORD": "0" * 32,
}
CARDS = ["generator-gpu", "generator-gpu-1", "generator-gpu-2", "generator-gpu-3"]
OURS = {"web", "worker", "generator", *CARDS, "beat", "prepare"}
NAMES = ["nginx", "postgres", "redis", *sorted(OURS)]


def test_the_file_follows_the_compose_specification():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_names_every_service():
    assert set(services(ENV)) == set(NAMES)


@pytest.mark.parametrize("missing", ENV)
def test_it_refuses_to_start_without(missing):
    with pytest.raises(LookupError, match=missing):
        services({name: value for name, value in ENV.items() if name != missing})


@pytest.mark.parametrize("name", NAMES)
def test_a_service_is_locked_down(name):
    service = services(ENV)[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "prepare"])
def test_a_service_says_whether_it_is_well(name):
    assert services(ENV)[name]["healthcheck"]["test"][0] == "CMD"


def test_our_services_do_not_run_as_root():
    assert {services(ENV)[name]["user"] for name in OURS} == {"10001:10001"}


def test_only_nginx_is_reached_from_outside():
    assert [name for name, service in services(ENV).items() if "ports" in service] == ["nginx"]


def test_nginx_reaches_neither_the_stores_nor_what_was_uploaded():
    nginx = services(ENV)["nginx"]
    assert "inside" not in nginx["networks"]
    assert not any("uploads" in volume or "postgres" in volume for volume in nginx["volumes"])


def test_the_inside_has_no_way_out_unless_asked_for():
    networks = filled_in(yaml.safe_load(FILE.read_text())["networks"], {})
    assert networks["inside"]["internal"] == "true"
    assert networks["front"]["internal"] is True


def test_only_the_generators_need_torch():
    assert {name for name in OURS if services(ENV)[name]["build"]["target"] == "worker"} == {"generator", *CARDS}


def test_each_card_has_a_worker_of_its_own_that_is_asked_for_by_its_profile_only():
    asking = {name: service for name, service in services(ENV).items() if "deploy" in service}
    assert {name: service["profiles"] for name, service in asking.items()} == {
        name: [name.removeprefix("generator-")] for name in CARDS
    }
    devices = [asking[name]["deploy"]["resources"]["reservations"]["devices"] for name in CARDS]
    assert [[device["device_ids"] for device in each] for each in devices] == [[["0"]], [["1"]], [["2"]], [["3"]]]
    assert {service["build"]["args"]["TORCH"] for service in asking.values()} == {"cu130"}


def test_a_worker_for_a_card_draws_on_nothing_else():
    told = {name: services(ENV)[name]["environment"].get("LUNGSTUDY_DEVICE") for name in OURS}
    assert told == {name: "gpu" if name in CARDS else None for name in OURS}


def documented_settings() -> list[str]:
    """What docs/production.md says may be set in .env beyond what has to be."""
    page = (REPOSITORY / "docs" / "production.md").read_text()
    table = page.split("In `.env`, read by compose:")[1].split("Set by `docker-compose.yml`")[0]
    return re.findall(r"^\| `(LUNGSTUDY_\w+)`", table, re.MULTILINE)


@pytest.mark.parametrize("name", ["web", "worker", *CARDS])
def test_what_the_handbook_says_of_drawing_reaches_every_process(name):
    wanted = {
        "LUNGSTUDY_LEASE_SECONDS": "90",
        "LUNGSTUDY_CHECKPOINT_SECONDS": "300",
        "LUNGSTUDY_BATCH_SHAPE": "16",
        "LUNGSTUDY_MODEL_MEMORY_MB": "8000",
        "LUNGSTUDY_XRAY_NET": "/srv/lungstudy/models/xrv.pt",
        "LUNGSTUDY_LOG_LEVEL": "DEBUG",
    }
    assert wanted.items() <= services(ENV | wanted)[name]["environment"].items()
    left_out = services(ENV)[name]["environment"]
    assert [left_out[each] for each in wanted] == [
        "60",
        "30",
        "8",
        "0",
        "",
        "INFO",
    ]  # as the settings
    assert wanted.keys() <= set(documented_settings())


def test_every_setting_of_the_handbook_is_read_by_the_file():
    assert documented_settings()
    assert [name for name in documented_settings() if f"${{{name}" not in FILE.read_text()] == []


def test_every_variable_of_the_example_file_is_used():
    example = (REPOSITORY / "deploy" / "env.example").read_text()
    names = {line.lstrip("#").split("=")[0] for line in example.splitlines() if "=" in line and " " not in line}
    assert {name for name in names if f"${{{name}" not in FILE.read_text()} == set()
