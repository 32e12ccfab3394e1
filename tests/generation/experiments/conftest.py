"""Who looks at the pages of experiments."""

import pytest


@pytest.fixture
def page(client, researcher):
    """A researcher's browser."""
    client.force_login(researcher)
    return client
