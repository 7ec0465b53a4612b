"""Text of a file in the encodings that spreadsheets write: UTF-8, UTF-16 with its mark, and the Chinese ones."""

import codecs
from typing import NamedTuple, NoReturn

from backstop.tables.faults import refuse

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
COMMON_SHARE = 0.8
"""Of the characters beyond ASCII, those in everyday Chinese (GB 2312): with fewer it never was Chinese. [ours]"""


class Decoded(NamedTuple):
    """The text, and what is to be said of how it was read."""

    text: str
    notes: tuple[str, ...]


def decode(content: bytes, file: str) -> Decoded:
    """The text of `content`.

    Raises
    ------
    DataError
        It is in no encoding that is certain.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return Decoded(content.decode(encoding), ())
            except UnicodeDecodeError as problem:
                _refuse(content, problem, file)
    try:
        text = content.decode()
    except UnicodeDecodeError as problem:
        chinese = _chinese(content)
        if chinese is None:
            _refuse(content, problem, file)
        return Decoded(chinese, ("read as Chinese text (GBK)",))
    if "\x00" in text:
        refuse(file, "is no text: it holds bytes of zero; save it as CSV UTF-8")
    return Decoded(text, ())


def _chinese(content: bytes) -> str | None:
    """`content` as GB 18030, where that makes everyday Chinese of it."""
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return None
    others = [c for c in text if ord(c) > 127]
    common = sum(_is_common(c) for c in set(others)) / len(set(others))
    return text if common >= COMMON_SHARE else None


def _is_common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _refuse(content: bytes, problem: UnicodeDecodeError, file: str) -> NoReturn:
    line = content.count(b"\n", 0, problem.start) + 1
    refuse(file, f"line {line} is not UTF-8; save the file as UTF-8 text")
