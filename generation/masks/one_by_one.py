"""A sequence that is never in memory whole: a batch of full-size planes, each worked out when it is asked for."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

Entry = TypeVar("Entry")


class OneByOne(Sequence[Entry], Generic[Entry]):
    """Entries by their places from 0; the last one is kept, since several steps ask for it one after the other."""

    def __init__(self, length: int, make: Callable[[int], Entry]) -> None:
        self.length, self.make = length, make
        self.last: tuple[int, Entry] | None = None

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: Any) -> Any:
        place = range(self.length)[index]
        if isinstance(place, range):
            return [self[each] for each in place]
        if self.last is None or self.last[0] != place:
            self.last = None  # an entry need not lie beside the one that takes its place
            self.last = place, self.make(place)
        return self.last[1]
