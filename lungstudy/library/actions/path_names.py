"""Find things by the path of their file, as exactly as the path that is asked for allows."""

from collections import defaultdict
from collections.abc import ItemsView, Iterable
from pathlib import PurePosixPath
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class PathNames(Generic[Thing]):
    """Things under their paths; of two with one path the first counts."""

    def __init__(self, things: Iterable[tuple[str, Thing]]) -> None:
        self._by_path: dict[str, Thing] = {}
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path, thing in things:
            if (normal := normal_path(path)) not in self._by_path:
                self._by_path[normal] = thing
                self._by_name[PurePosixPath(normal).name].append(normal)

    def find(self, path: str) -> Thing | None:
        """By its whole path, by a path that ends alike, or by a base name that only one has."""
        name = normal_path(path)
        if name in self._by_path:
            return self._by_path[name]
        namesakes = self._by_name.get(PurePosixPath(name).name, [])
        alike = [each for each in namesakes if name.endswith(f"/{each}") or each.endswith(f"/{name}")]
        candidates = alike or namesakes
        return self._by_path[candidates[0]] if len(candidates) == 1 else None

    def items(self) -> ItemsView[str, Thing]:
        """Paths and things, in the order in which they came."""
        return self._by_path.items()


def normal_path(path: str) -> str:
    """One spelling for one path."""
    return str(PurePosixPath(path.replace("\\", "/").strip())).removeprefix("./").lstrip("/")
