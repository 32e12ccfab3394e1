"""Seeds that nobody typed: for the draw, where no other is wanted, and for the orders of every new draft."""

import secrets

LARGEST_SEED = 2**31


def fresh_seed() -> int:
    """A seed that no other study is likely to have."""
    return secrets.randbelow(LARGEST_SEED)
