"""Loads models from a small hub in a process of its own, since the hub's address is read once at import.

Arguments: a model folder, a copy of it in pickles. Prints what happened in each scene as one JSON object.
"""

import json
import os
import sys
from pathlib import Path

from tests.generation.diffusion.small_hub import small_hub


def main(good: Path, pickled: Path) -> dict[str, str]:
    with small_hub({"somebody/tiny": good, "somebody/pickled": pickled}) as endpoint:
        os.environ["HF_ENDPOINT"] = endpoint
        from generation.diffusion.errors import ModelError
        from generation.diffusion.loading import load_pipeline

        def load(source: str, *, leave: bool) -> str:
            try:
                return type(load_pipeline(source, allow_downloads=leave)).__name__
            except ModelError as error:
                return str(error)

        scenes = {
            "no leave": load("somebody/tiny", leave=False),
            "leave": load("somebody/tiny", leave=True),
            "pickled": load("somebody/pickled", leave=True),
            "unknown": load("somebody/else", leave=True),
        }
    scenes["hub away, downloaded before"] = load("somebody/tiny", leave=False)
    scenes["hub away"] = load("somebody/new", leave=True)
    return scenes


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
