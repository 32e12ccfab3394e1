"""The tests' own servers are what they claim to be."""

import os
from pathlib import Path

import psycopg2
import pytest
import redis as redis_client
from django.conf import settings
from django.db import connection


def test_a_run_never_uses_the_stores_of_whoever_runs_it():
    assert Path(os.environ["LUNGSTUDY_VAR"]).name.startswith("lungstudy-tests-")
    assert Path(os.environ["LUNGSTUDY_VAR"]) == settings.VAR


@pytest.mark.django_db
def test_the_database_is_the_one_that_was_asked_for(request):
    assert connection.vendor == ("postgresql" if request.config.option.postgres else "sqlite")
    if connection.vendor == "sqlite":
        assert Path(str(connection.settings_dict["NAME"])).is_file()


def test_postgres_is_a_real_server(postgres):
    with psycopg2.connect(dbname="postgres", user="postgres", host=str(postgres.folder)) as client:
        cursor = client.cursor()
        cursor.execute("select version()")
        assert cursor.fetchone()[0].startswith("PostgreSQL 16")


@pytest.mark.redis
def test_redis_answers(redis):
    assert redis_client.Redis.from_url(redis.url).ping()


@pytest.mark.browser
def test_chromium_draws_a_page(chromium):
    page = chromium.new_page()
    page.set_content("<title>drawn</title>")
    assert page.title() == "drawn"
    page.close()
