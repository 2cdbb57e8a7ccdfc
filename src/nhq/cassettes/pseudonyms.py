"""Pseudonyms for texts that keep their format: names stay names, addresses addresses, of the same length class.

They follow from a secret key, so that equal words get equal pseudonyms within a recording and nobody can look them up
afterwards. The way back is kept in memory only, and only while recording.
"""

import hmac
import re
import unicodedata
from datetime import date
from urllib.parse import quote, unquote, urlsplit

# Marks that belong to the letter before them: accents, and the vowels of some scripts.
_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0951-\u0957"
_WORD = rf"(?:[^\W\d_][{_MARKS}]*)+"
_URL = r"""https?://[^\s"'<>\\^`{|}]+"""
_EMAIL = r"""[^\s@"'<>,;:()\[\]/]+@[^\s@"'<>,;:()\[\]/]+"""
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?"
_TOKEN = re.compile(rf"(?P<url>{_URL})|(?P<email>{_EMAIL})|(?P<time>{_TIME})|(?P<word>{_WORD})|(?P<digits>\d+)")
_PART = re.compile(rf"(?P<word>{_WORD})|(?P<digits>\d+)")
# What tells nothing of a person in the address of a profile.
_PLAIN_HOSTS = {"www.linkedin.com", "linkedin.com"}
_PLAIN_STEPS = {"in", "company", "pub", "school"}
_CONSONANTS, _VOWELS = "bcdfghjklmnpqrstvwxz", "aeiouy"
# From a letter's Unicode name: what its pseudonym is made of. Letters whose case can be changed and changed back.
_SCRIPTS = {
    "GREEK": "αβγδεζηθικλμνξοπρτυφχψω",
    "CYRILLIC": "абвгдежзиклмнопрстуфхцч",
    "ARABIC": "ابتثجحخدذرزسشصضطعغفقكلمن",
    "HEBREW": "אבגדהוזחטילמנסעפצקרשת",
    "DEVANAGARI": "कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह",
    "HIRAGANA": "あいうえおかきくけこさしすせそたちつてとなにぬねの",
    "KATAKANA": "アイウエオカキクケコサシスセソタチツテトナニヌネノ",
    "CJK": "山川田木林森火水金土石竹米糸貝車門雨風雪花草虫魚鳥馬",
    "HANGUL": "가나다라마바사아자차카타파하고노도로모보소오조초",
    "LATIN": "éöüñåçèîôáíú",
}
_SHORTEST = 4
_TRIES = 40


class Pseudonyms:
    """Texts to pseudonyms (`of`) and back (`real`). Equal words have one pseudonym, and two words never share one."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._texts: dict[str, str] = {}
        self._given: dict[str, str] = {}
        self._taken: dict[str, str] = {}
        self._real: dict[str, str] = {}
        self._opaque: dict[str, str] = {}

    def of(self, text: str) -> str:
        """The text with each word, number, address and day replaced; punctuation and spaces stay."""
        if text not in self._texts:
            self._texts[text] = _TOKEN.sub(self._replace, text)
        return self._texts[text]

    def opaque(self, value: str, kind: str) -> str:
        """A pseudonym for a value that is handed back as it was given, such as a cursor."""
        made = f"{kind}-{self._digest(value, 0).hex()[:12]}"
        self._real[made] = self._opaque[made] = value
        return made

    def remember(self, made: str, real: str) -> None:
        """What a whole text stood for, where putting it together from its words would not give it back."""
        if made != real and self.real(made) != real:
            self._real[made] = real

    def whole(self, text: str) -> str:
        """What an opaque pseudonym stands for, as ids and cursors have; any other text stays as it is."""
        return self._opaque.get(text, text)

    def real(self, text: str) -> str:
        """What a text made of pseudonyms stands for; what is none stays as it is."""
        return self._real.get(text) or _TOKEN.sub(self._restore, text)

    # --- there ----------------------------------------------------------------------------------------------

    def _replace(self, found: re.Match[str]) -> str:
        kind, text = str(found.lastgroup), found.group()
        made = {"url": self._url, "email": self._email, "time": self._day}.get(kind, self._part)(text)
        self._real.setdefault(made, text) if kind in {"url", "email"} else None
        return made

    def _url(self, text: str) -> str:
        parts = urlsplit(text)
        steps = parts.path.split("/")
        plain = parts.netloc.lower() in _PLAIN_HOSTS
        host = parts.netloc if plain else self._host(parts.netloc)
        kept = [step if plain and step in _PLAIN_STEPS else quote(self._parts(unquote(step))) for step in steps]
        tail = f"?{quote(self._parts(unquote(parts.query)), safe='=&')}" if parts.query else ""
        return f"{parts.scheme}://{host}{'/'.join(kept)}{tail}"

    def _email(self, text: str) -> str:
        name, _, host = text.partition("@")
        return f"{self._parts(name)}@{self._host(host)}"

    def _host(self, text: str) -> str:
        return ".".join([*(self._parts(label) for label in text.lower().split(".")[:-1]), "example"])

    def _day(self, text: str) -> str:
        digest = self._digest(text, 0)
        return date(1950 + digest[0] % 50, 1 + digest[1] % 12, 1 + digest[2] % 28).isoformat() + text[10:]

    def _parts(self, text: str) -> str:
        return _PART.sub(lambda found: self._part(found.group()), text)

    def _part(self, text: str) -> str:
        folded = unicodedata.normalize("NFC", text).lower()
        if folded not in self._given:
            self._given[folded] = self._fresh(folded)
        made = _cased_like(text, self._given[folded])
        self._real.setdefault(made, text)
        return made

    def _fresh(self, folded: str) -> str:
        for attempt in range(10_000):
            longer = attempt // _TRIES
            made = self._spelled(folded, self._digest(folded, attempt), longer)
            if made not in self._taken and made != folded:
                self._taken[made] = folded
                return made
        raise AssertionError("no pseudonym is left")

    def _digest(self, text: str, attempt: int) -> bytes:
        return hmac.digest(self._key, f"{attempt}:{text}".encode("utf-8", "surrogatepass"), "sha256")

    def _spelled(self, folded: str, digest: bytes, longer: int) -> str:
        stream = int.from_bytes(digest)
        letters = [letter for letter in folded if not unicodedata.combining(letter)]
        if folded[0].isdecimal():
            return _drawn(["123456789", *["0123456789"] * (len(letters) - 1 + longer)], stream)
        length = max(len(letters), _SHORTEST) + longer
        return _drawn([_alphabet(letters[n % len(letters)], n + digest[-1]) for n in range(length)], stream)

    # --- and back -------------------------------------------------------------------------------------------

    def _restore(self, found: re.Match[str]) -> str:
        kind, text = str(found.lastgroup), found.group()
        if kind in {"digits", "time"}:
            return text  # a number in a request is the scenario's own
        if kind == "word":
            return self._word(text)
        known = max((made for made in self._real if "/" in made and text.startswith(made)), key=len, default=None)
        if known is not None:
            return self._real[known] + text[len(known) :]
        return self._real.get(text) or self._address(text)

    def _word(self, text: str) -> str:
        if text in self._real:
            return self._real[text]
        folded = self._taken.get(text.lower())
        return text if folded is None else _cased_like(text, folded)

    def _address(self, text: str) -> str:
        """A variation of an address: its numbers are pseudonyms too, if its words are."""
        changed = _PART.sub(lambda found: self._word(found.group()) if found["word"] else found.group(), text)
        if changed == text:
            return text
        return _PART.sub(lambda found: self._word(found.group()), text)


def _alphabet(letter: str, place: int) -> str:
    if not letter.isascii():
        name = unicodedata.name(letter, "").split(" ")[0]
        return _SCRIPTS.get(name, _CONSONANTS)
    return _VOWELS if place % 2 else _CONSONANTS


def _drawn(alphabets: list[str], stream: int) -> str:
    drawn = []
    for position, alphabet in enumerate(alphabets):
        stream, chosen = divmod(stream * 31 + position if stream < 2**64 else stream, len(alphabet))
        drawn.append(alphabet[chosen])
    return "".join(drawn)


def _cased_like(pattern: str, text: str) -> str:
    """`text` in capitals, with a capital, or small, as the pattern is."""
    if len(pattern) > 1 and pattern.isupper():
        return text.upper()
    if len(pattern) == len(text) and pattern != pattern.lower():
        return "".join(t.upper() if p.isupper() else t for p, t in zip(pattern, text, strict=True))
    return text[:1].upper() + text[1:] if pattern[:1].isupper() else text
