"""Which encoding a CSV is in when it is neither marked nor UTF-8 throughout: decided by the bytes of the whole file.

Three programs leave three encodings: Excel for Windows (Windows-1252), Excel for Mac (Mac Roman) and programs of
the DOS time (code page 850). The bytes of one's accented letters are signs, or letters of the wrong case, in the
others: ``Gu’a se–al`` is Mac Roman, ``Refrigeraci¢n`` code page 850. So letters count that stand within words.
Detectors by statistics were measured to take Spanish for Central European.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from bulk_upload.sheet.problems import FileProblem

WINDOWS, MAC, DOS = "cp1252", "mac_roman", "cp850"

_BLOCK: Final = 1024 * 1024
# Words that are looked at in every block, and which of the later blocks are: enough to be sure, and quick.
_ENOUGH_WORDS: Final = 20_000
_EVERY: Final = 8
_BLANKED: Final = b" " * 128 + bytes(range(128, 256))
# Sequences of UTF-8. In those of two bytes the first is a capital letter of Windows-1252; those that Spanish
# has may well stand before a sign there, as in ``«CAFÉ»``, and do not count.
_UTF_8: Final = re.compile(
    rb"[\xc2-\xc8\xca-\xcc\xce-\xd0\xd2\xd4-\xd9\xdb\xdd-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_WITHIN_WORD: Final = re.compile(rb"[A-Za-z][\x80-\xff][A-Za-z]")
_END_OF_WORD: Final = re.compile(rb"[A-Za-z]([A-Za-z])([\x80-\xff])(?![A-Za-z\x80-\xff])")
_LETTERS: Final = frozenset("áéíóúüñÁÉÍÓÚÜÑ")
# Letters of Windows-1252 that words have seldom or never.
_RARE: Final = frozenset("ªµºŠŒŽšœžŸƒßÐÞðþÿ")
# Signs of Windows-1252 that do stand between letters: ``d’agua``, ``norte–sur``, a blank that does not break.
_SIGNS: Final = frozenset("’‘–—·\u00a0")
_BEHIND: Final = _SIGNS | frozenset("”“«»…ºª°®™©²³¹½¼¾±×%‰•")
# An account is clear when no more than one in this many letters speaks against it.
_CLEAR: Final = 20


@dataclass(frozen=True, slots=True)
class Evidence:
    """Letters within words: `own` as Windows-1252 has them, `strong` and `weak` as another encoding has them.

    `weak` ones are also signs that Windows-1252 has between letters; `kinds` counts the different bytes.
    """

    own: int
    strong: int
    weak: int
    kinds: int


def guess_encoding(file: BinaryIO) -> str:
    """The encoding of a file that is not UTF-8.

    Raises `FileProblem` ``broken_utf_8`` when most of it is UTF-8, and ``unclear_encoding`` when nobody can say.
    """
    words: Counter[bytes] = Counter()
    utf_8 = others = 0
    for number, block in enumerate(_blocks(file)):
        if block.isascii():
            continue
        for run, count in Counter(block.translate(_BLANKED).split()).items():
            rest = len(_UTF_8.sub(b"", run))
            utf_8, others = utf_8 + (len(run) - rest) * count, others + rest * count
        if number % _EVERY == 0 or words.total() < _ENOUGH_WORDS:
            words.update(_WITHIN_WORD.findall(block))
    if utf_8 > others:
        raise _broken_utf_8(file)
    return _decide(words or _last_letters(file))


def _last_letters(file: BinaryIO) -> Counter[bytes]:
    """The last letters of words, as if the letter before also followed; without signs that stand behind words."""
    found: Counter[bytes] = Counter()
    for block in _blocks(file):
        found.update(before + last + before for before, last in _END_OF_WORD.findall(block))
    return Counter(
        {word: count for word, count in found.items() if word[1:2].decode(WINDOWS, "replace") not in _BEHIND}
    )


def _decide(words: Counter[bytes]) -> str:
    found = {encoding: _evidence(words, encoding) for encoding in (MAC, DOS)}
    other = max(found, key=lambda encoding: found[encoding].strong + found[encoding].weak)
    evidence = found[other]
    if not evidence.strong and (evidence.own or not evidence.weak):
        return WINDOWS
    if evidence.own and evidence.strong * _CLEAR <= evidence.own:
        return WINDOWS
    third = found[DOS if other == MAC else MAC]
    clear = (evidence.own + third.strong) * _CLEAR <= evidence.strong + evidence.weak
    if clear and (evidence.strong or evidence.kinds > 1):
        return other
    example = next(word for word in words if _is_letter(word, other))
    raise FileProblem(
        "unclear_encoding",
        ejemplo=example.decode(WINDOWS, "replace"),
        otro=example.decode(other),
    )


def _evidence(words: Counter[bytes], encoding: str) -> Evidence:
    own = strong = weak = 0
    kinds: set[int] = set()
    for word, count in words.items():
        letter = word[1:2].decode(WINDOWS, "replace")
        if letter in _LETTERS and _fits(letter, word):
            own += count
        elif _is_letter(word, encoding):
            if letter.isalpha() and letter not in _RARE and _fits(letter, word):
                continue  # a letter in both, ``KÖRPER`` and ``GUÍA``: says nothing
            kinds.add(word[1])
            weak += count if letter in _SIGNS else 0
            strong += 0 if letter in _SIGNS else count
        elif letter.isalpha() and letter not in _RARE and _fits(letter, word):
            own += count
    return Evidence(own, strong, weak, len(kinds))


def _is_letter(word: bytes, encoding: str) -> bool:
    letter = word[1:2].decode(encoding)
    return letter in _LETTERS and _fits(letter, word)


def _fits(letter: str, word: bytes) -> bool:
    """A word goes on in the case that it has; only its first letter is a capital one before small ones."""
    return letter.islower() == word[2:].islower()


def _broken_utf_8(file: BinaryIO) -> FileProblem:
    """Where the first byte stands that is no UTF-8: in which line (the first is 1), and at which byte of it."""
    line, start, before, rest = 1, 0, 0, b""
    for block in _blocks(file):
        block = rest + block
        try:
            block.decode()
            end, rest = len(block), b""
        except UnicodeDecodeError as error:
            if error.end < len(block) or not error.reason.startswith("unexpected end"):
                lines, last = _line_ends(block[: error.start])
                place = before + error.start - (before + last if lines else start) + 1
                return FileProblem("broken_utf_8", linea=line + lines, lugar=place, octeto=f"{block[error.start]:02X}")
            end, rest = error.start, block[error.start :]
        lines, last = _line_ends(block[:end])
        if lines:
            line, start = line + lines, before + last
        before += end
    return FileProblem("broken_utf_8", linea=line, lugar=before - start + 1, octeto=f"{rest[0]:02X}" if rest else "")


def _line_ends(text: bytes) -> tuple[int, int]:
    """How many lines end in `text`, and where the last one begins."""
    end = b"\n" if b"\n" in text else b"\r"
    return text.count(end), text.rfind(end) + 1


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(_BLOCK):
        yield block
