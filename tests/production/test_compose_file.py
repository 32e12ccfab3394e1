"""docker-compose.yml is valid, gives no service more than it uses, and refuses to start half filled in."""

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
OURS = {"web", "worker", "generator", "generator-gpu", "beat", "prepare"}
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
    assert {name for name in OURS if services(ENV)[name]["build"]["target"] == "worker"} == {
        "generator",
        "generator-gpu",
    }


def test_the_gpu_is_asked_for_by_its_profile_only():
    asking = {name: service.get("profiles") for name, service in services(ENV).items() if "deploy" in service}
    assert asking == {"generator-gpu": ["gpu"]}


def test_every_variable_of_the_example_file_is_used():
    example = (REPOSITORY / "deploy" / "env.example").read_text()
    names = {line.lstrip("#").split("=")[0] for line in example.splitlines() if "=" in line and " " not in line}
    assert {name for name in names if f"${{{name}" not in FILE.read_text()} == set()
