"""Writers of the embedded database take turns; on Postgres nobody waits for anybody."""

import threading

import pytest
from django.db import connection

from reader.actions.turns import my_turn


def write_elsewhere(done):
    with my_turn():
        done.set()
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_second_writer_waits_until_the_first_is_done():
    done = threading.Event()
    other = threading.Thread(target=write_elsewhere, args=(done,))
    with my_turn():
        other.start()
        waited = not done.wait(0.3)
    other.join(10)

    assert done.is_set()
    assert waited == (connection.vendor == "sqlite")


@pytest.mark.django_db
def test_a_writer_that_fails_ends_its_turn():
    with pytest.raises(RuntimeError), my_turn():
        raise RuntimeError

    done = threading.Event()
    other = threading.Thread(target=write_elsewhere, args=(done,))
    other.start()
    other.join(10)
    assert done.is_set()
