"""What pages of a parquet file unpack to, told by the pages themselves: a footer may say anything.

A reader unpacks a page to the size that stands in front of it, and no further. So these sizes are found first, from one
page's head to the next, as Apache Parquet lays them out (its ``PageHeader``, in the compact protocol of Thrift).
"""

from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

_HEAD_BYTES = 2**16
"""Of a page's head; statistics in it have some kilobytes."""
_TYPE_STRUCT, _TYPE_LIST, _TYPE_SET, _TYPE_BINARY, _TYPE_DOUBLE, _TYPE_BYTE = 12, 9, 10, 8, 7, 3
_WHOLE_NUMBERS = (4, 5, 6)
_UNPACKED, _PACKED = 2, 3
_HEADS = {5: 2, 7: 2, 8: 4}
"""Of a page's head: which field is that of its kind, and where its encoding stands there."""
GROWING = 7
"""DELTA_BYTE_ARRAY: each text begins as the one before, so that a page holds any number of times its bytes."""


class BadPages(Exception):
    """Pages that no writer makes, by what is wrong with them."""


class Page(NamedTuple):
    """A page, as its head tells it."""

    n_bytes: int
    """Unpacked."""
    encoding: int
    """By number of Apache Parquet."""


def pages_of(file: BinaryIO, footer: Any) -> Iterator[Page]:
    """All pages of a file, in the order of row groups and columns.

    Raises
    ------
    BadPages
        What the footer leads to is no page, or pages overlap.
    """
    size, chunks = file.seek(0, 2), list(_chunks(footer))
    if sum(length for _, length in chunks) > size:
        raise BadPages("its columns overlap")
    for start, length in chunks:
        place, end = start, start + length
        while place < end:
            file.seek(place)
            head = _Head(file.read(_HEAD_BYTES))
            fields = head.struct()
            packed, unpacked = fields.get(_PACKED), fields.get(_UNPACKED)
            if not (isinstance(packed, int) and isinstance(unpacked, int) and packed >= 0 and unpacked >= 0):
                raise BadPages("a page has no size")
            yield Page(unpacked, _encoding(fields))
            place += head.place + packed


def _chunks(footer: Any) -> Iterator[tuple[int, int]]:
    """Where the pages of each column of each row group start, and how long they are."""
    for i in range(footer.num_row_groups):
        group = footer.row_group(i)
        for chunk in (group.column(j) for j in range(group.num_columns)):
            start = chunk.data_page_offset
            if chunk.has_dictionary_page and 0 < chunk.dictionary_page_offset < start:
                start = chunk.dictionary_page_offset
            if start < 0 or chunk.total_compressed_size < 0:
                raise BadPages("a column lies outside of it")
            yield start, chunk.total_compressed_size


def _encoding(fields: dict[int, Any]) -> int:
    for kind, place in _HEADS.items():
        found = fields.get(kind)
        if isinstance(found, dict) and isinstance(found.get(place), int):
            return int(found[place])
    return -1


class _Head:
    """Reads Thrift's compact protocol, as much of it as heads of pages have."""

    def __init__(self, content: bytes) -> None:
        self._content, self.place = content, 0

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """Fields by their number."""
        fields, number = dict[int, Any](), 0
        while (first := self._byte()) != 0:
            kind, step = first & 0x0F, first >> 4
            number = number + step if step else self._signed()
            fields[number] = kind == 1 if kind in (1, 2) else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in _WHOLE_NUMBERS:
            return self._signed()
        if kind == _TYPE_STRUCT and depth < 4:
            return self.struct(depth + 1)
        if kind in (_TYPE_LIST, _TYPE_SET) and depth < 4:
            return self._list(depth + 1)
        lengths = {_TYPE_BYTE: 1, _TYPE_DOUBLE: 8}
        if kind != _TYPE_BINARY and kind not in lengths:
            raise BadPages("a page has a head of another kind")
        length = self._number() if kind == _TYPE_BINARY else lengths[kind]
        self.place += length
        return None

    def _list(self, depth: int) -> list[Any]:
        first = self._byte()
        n = first >> 4 if first >> 4 < 15 else self._number()
        if n > len(self._content):
            raise BadPages("a page has no end")
        return [self._value(first & 0x0F, depth) for _ in range(n)]

    def _byte(self) -> int:
        if self.place >= len(self._content):
            raise BadPages("a page has no end")
        self.place += 1
        return self._content[self.place - 1]

    def _number(self) -> int:
        found = shift = 0
        while (byte := self._byte()) & 0x80 and shift < 63:
            found, shift = found | (byte & 0x7F) << shift, shift + 7
        return found | byte << shift

    def _signed(self) -> int:
        found = self._number()
        return found >> 1 ^ -(found & 1)
