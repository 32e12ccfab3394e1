"""Which flags the importer raises on real frontal films, and on pictures that are none; printed as a table.

Run it from the repository: .venv/bin/python -m tests.bench.flags_on_films [folder of the films]
The rules' constants were set on these same pictures, so expect somewhat worse on others.
"""

import csv
import sys
from collections import Counter
from pathlib import Path

from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.flags import flags_for
from lungstudy.library.pixels.hashes import content_sha256

FILMS = Path(__file__).resolve().parents[3] / "shared" / "data" / "cxr"


def codes_of(file: Path, seen: set[str]) -> list[str]:
    """Codes of all flags on one file; `duplicate` where the same bytes came before."""
    data = file.read_bytes()
    flags = [flag.code for flag in flags_for(decode(data), "radiograph")]
    sha256 = content_sha256(data)
    flags += ["duplicate"] if sha256 in seen else []
    seen.add(sha256)
    return flags


def main(folder: Path) -> None:
    seen: set[str] = set()
    films = [codes_of(file, seen) for file in sorted((folder / "images").glob("*.png"))]
    print(f"{len(films)} frontal films: {sum(map(bool, films))} flagged ({sum(map(bool, films)) / len(films):.1%})")
    for code, count in Counter(code for codes in films for code in codes).most_common():
        print(f"  {code:14} {count:4} ({count / len(films):.1%})")
    with (folder / "negatives" / "negatives.csv").open(newline="") as rows:
        why = {row["file"]: row["why"] for row in csv.DictReader(rows)}
    found = {name: codes_of(folder / "negatives" / name, seen) for name in why}
    print(f"{len(found)} other pictures: {sum(map(bool, found.values()))} flagged")
    for name, codes in found.items():
        print(f"  {name}  {why[name]:42} {', '.join(codes) or '-'}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILMS)
