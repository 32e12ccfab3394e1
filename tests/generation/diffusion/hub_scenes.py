"""Downloads models from a small hub in a process of its own, since the hub's address is read once at import.

Arguments: a model folder, and copies of it in pickles, with halves alone, and without averaged weights. Prints what
happened in each scene as one JSON object.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.generation.diffusion.small_hub import small_hub


class UnpluggedError(Exception):
    """Raised in the middle of a download, as a cancelled job does."""


def main(good: Path, *others: Path) -> dict[str, Any]:
    with small_hub({"somebody/tiny": good, **{f"somebody/{other.name}": other for other in others}}) as endpoint:
        os.environ["HF_ENDPOINT"] = endpoint
        from generation.diffusion.hub import download, listing_of, local_folder
        from generation.diffusion.inspecting import inspect_model

        def said(ask: Callable[[], object]) -> str:
            from generation.diffusion.errors import ModelError

            try:
                return str(ask())
            except (ModelError, UnpluggedError) as error:
                return f"{type(error).__name__}: {error}"

        def unplug(_: int) -> None:
            raise UnpluggedError

        listing = listing_of("somebody/tiny")
        scenes: dict[str, Any] = {
            "not here": said(lambda: local_folder("somebody/tiny")),
            "no hub id": said(lambda: local_folder("/nowhere/at all")),
            "files": sorted(listing.files),
            "size": listing.size,
            "commit": listing.commit,
            "stopped": said(lambda: download(listing, unplug)),
        }
        came: list[int] = []
        folder = download(listing, came.append)
        scenes |= {
            "came": sum(came),
            "weights": inspect_model(folder).weights_sha256,
            "pickled": said(lambda: listing_of("somebody/pickled")),
            "raw": said(lambda: listing_of("somebody/raw")),
            "halves": sorted(listing_of("somebody/halves").files),
            "unknown": said(lambda: listing_of("somebody/else")),
        }
    scenes["hub away, downloaded before"] = inspect_model(local_folder("somebody/tiny", listing.commit)).weights_sha256
    scenes["hub away"] = said(lambda: listing_of("somebody/tiny"))
    scenes["torch"] = "torch" in sys.modules
    return scenes


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(main(*map(Path, sys.argv[1:]))))
