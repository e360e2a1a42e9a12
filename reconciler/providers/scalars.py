"""The values that YAML, CSV and JSONL may hold, as annotated types: text in, checked value out. Pure.

Every scalar comes in as the text that stands in the file. The JSON Schema of each type says what an editor, whose YAML
parser has already made numbers and booleans of some texts, should accept for it.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_plain_validator_function

from reconciler.providers.clock import start_of

KEY_PATTERN: Final = r"^[a-z0-9][a-z0-9_-]{0,62}$"
ID_PATTERN: Final = r"^[A-Za-z0-9_-]{1,64}$"
EMAIL_PATTERN: Final = (
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$"
)
BIRTH_PATTERN: Final = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}/[0-9]{2}/[0-9]{4})$"
START_PATTERN: Final = r"^(agora|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:00)?(Z|[+-][0-9]{2}:[0-9]{2})?)$"
DURATION_PATTERN: Final = r"^[0-9]+(\.[0-9]+)? ?(s|min|h|d)$"
PERCENT_PATTERN: Final = r"^[0-9]+(\.[0-9]+)? ?%$"

TEXT_TYPES: Final = ["string", "number", "boolean"]
"""The types that an editor's YAML parser makes of texts: `nome: 1e3` is a number there and a text here."""

_KEY: Final = re.compile(KEY_PATTERN)
_ID: Final = re.compile(ID_PATTERN)
_EMAIL: Final = re.compile(EMAIL_PATTERN)
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_TEXT_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DURATION: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(s|min|h|d)\Z")
_SECONDS: Final = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_FLAGS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_YES: Final = frozenset({"yes", "y", "on", "sim", "s", "1", "verdadeiro", "v"})
_NO: Final = frozenset({"no", "n", "off", "não", "nao", "0", "falso", "f"})
OLDEST_BIRTH: Final = 1900
LONGEST_EMAIL: Final = 254  # RFC 5321


def refused(rule: str, reason: str, remedy: str, **more: object) -> PydanticCustomError:
    """An error that carries our own words; `rule` is its name in the findings."""
    return PydanticCustomError(rule, "{reason}", {"reason": reason, "remedy": remedy} | more)


def text_only(value: object) -> str:
    """Whatever is expected as text must be one: a list, a mapping and nothing at all are refused."""
    if isinstance(value, str):
        return value
    if value is None:
        raise refused(
            "no-value", "the field has no value", 'write the value, or take the line out; an empty text is ""'
        )
    what = (
        "a list" if isinstance(value, (list, tuple)) else "a mapping" if isinstance(value, dict) else "something else"
    )
    raise refused("bad-type", f"one text was expected here, not {what}", "write a single value")


def line_of(value: str) -> str:
    """A text of one line, also empty."""
    if (found := _CONTROLS.search(value)) is not None:
        raise refused(
            "bad-text",
            f"the character U+{ord(found.group()):04X} cannot stand in a text of one line",
            "write it on one line, without control characters",
        )
    return value


def text_of(value: str) -> str:
    """A text of any length: line feeds and tabs are the only control characters in it."""
    if (found := _TEXT_CONTROLS.search(value)) is not None:
        raise refused(
            "bad-text", f"the control character U+{ord(found.group()):04X} cannot stand in a text", "take it out"
        )
    return value


def _filled(value: str) -> str:
    if not value.strip():
        raise refused("empty-text", "the text is empty", "write it, or take the line out")
    return value


def is_key(value: str) -> bool:
    """Whether a text can be the key part of an address."""
    return _KEY.match(value) is not None


def _key(value: str) -> str:
    if not is_key(value):
        proposal = re.sub(r"[^a-z0-9_-]+", "-", value.lower()).strip("-_")[:63]
        example = proposal if _KEY.match(proposal) else "natal-2026"
        raise refused(
            "bad-key",
            "a key is 1 to 63 of a-z, 0-9, - and _, and begins with a letter or digit",
            f"write it as {example}",
        )
    return value


def _id(value: str) -> str:
    if not _ID.match(value):
        raise refused(
            "bad-id",
            "an id of the API is 1 to 64 of A-Z, a-z, 0-9, - and _",
            "copy it from the vendor's screen or listing",
        )
    return value


def email_of(value: str) -> str:
    """An e-mail address, in the case in which it was written, without spaces round it."""
    address = value.strip()
    if len(address) > LONGEST_EMAIL or not _EMAIL.match(address):
        raise refused("bad-email", "this is no e-mail address", "write it as name@domain, such as maria@exemplo.com.br")
    return address


def flag_of(value: object) -> bool:
    """True or false, as YAML writes them."""
    if isinstance(value, str) and value in _FLAGS:
        return _FLAGS[value]
    text = text_only(value)
    low = text.lower()
    remedy = "write true" if low in _YES else "write false" if low in _NO else "write true or false"
    raise refused("bad-boolean", "true or false was expected here", remedy)


def sex_of(value: str) -> str:
    """M or f, in either case."""
    if value not in ("m", "f", "M", "F"):
        near = {"ma": "m", "ho": "m", "fe": "f", "mu": "f"}.get(value.lower()[:2])
        raise refused("bad-choice", "sexo is m or f", f"write {near}" if near else "write m or f, or take the line out")
    return value.lower()


def birth_of(value: str) -> str:
    """A date of birth, `1990-02-12` or `12/02/1990`, as `1990-02-12`."""
    if not re.match(BIRTH_PATTERN, value):
        raise refused("bad-date", "this is no date of birth", "write it as 1990-02-12 or 12/02/1990")
    year, month, day = value.split("-") if "-" in value else reversed(value.split("/"))
    try:
        born = date(int(year), int(month), int(day))
    except ValueError:
        raise refused(
            "bad-date",
            "there is no such day in the calendar",
            "correct the day or the month (12/02/1990 is the 12th of February)",
        ) from None
    if born.year < OLDEST_BIRTH:
        raise refused("bad-date", f"the year is before {OLDEST_BIRTH}", "correct the year")
    return born.isoformat()


def duration_of(value: str) -> timedelta:
    """`30s`, `30min`, `2h` or `1d`."""
    if (found := _DURATION.match(value)) is None or len(value) > 12:
        raise refused("bad-duration", "this is no length of time", "write a number with its unit: 30s, 30min, 2h or 1d")
    return timedelta(seconds=float(found[1]) * _SECONDS[found[2]])


def share_of(value: str) -> float:
    """`2%` as 0.02, from 0 to 100 %."""
    if not re.match(PERCENT_PATTERN, value) or not 0 <= float(value.rstrip("% ")) <= 100:
        raise refused("bad-percentage", "this is no percentage from 0% to 100%", "write it as 2% or 0.5%")
    return float(value.rstrip("% ")) / 100


def count_of(value: str) -> int:
    """A whole number, 0 or more, in digits alone."""
    if not re.fullmatch("[0-9]{1,9}", value):
        plain = re.sub(r"[._ ]", "", value)
        remedy = f"write {plain}" if re.fullmatch("[0-9]{1,9}", plain) else "write it in digits alone, such as 20000"
        raise refused("bad-number", "a whole number was expected here", remedy)
    return int(value)


def distinct(value: object) -> object:
    """A list in which nothing stands twice (whatever else is wrong with it is found later)."""
    if value is None:
        raise refused("no-value", "the list has no items", "write [] for none, or take the line out")
    if isinstance(value, str):
        raise refused("bad-type", "a list was expected here, not one text", f"write [{value}]")
    if isinstance(value, (list, tuple)):
        texts = [item for item in value if isinstance(item, str)]
        twice = next((text for text in texts if texts.count(text) > 1), None) if len(set(texts)) < len(texts) else None
        if twice is not None:
            raise refused("repeated-item", f"{twice} stands twice in the list", "keep one of the two")
    return value


def _start(value: str, info: ValidationInfo) -> datetime | str:
    return start_of(value, (info.context or {})["zone"])


def schema_of(pattern: str, *, types: list[str] | None = None) -> WithJsonSchema:
    """The JSON Schema of a text with a pattern."""
    return WithJsonSchema({"type": types or "string", "pattern": pattern})


class WrittenOrLeftOut:
    """Makes None mean "left out", and only that: a null that somebody writes is refused by the field's own type."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        return schema["schema"] if schema["type"] == "nullable" else schema


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_plain_validator_function(self._check)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"enum": list(self.words)}

    def _check(self, value: object) -> str:
        text = text_only(value)
        if text not in self.words:
            low = {word.lower(): word for word in self.words}
            near = [low[word] for word in difflib.get_close_matches(text.lower().strip(), low, 1, 0.5)]
            remedy = f"write {' or '.join(near or self.words)}"
            raise refused("bad-choice", f"one of {', '.join(self.words)} was expected here", remedy)
        return text


_T = TypeVar("_T")
Maybe: TypeAlias = Annotated[_T | None, WrittenOrLeftOut()]
"""A field that may be left out."""

Text: TypeAlias = Annotated[
    str, BeforeValidator(text_only), AfterValidator(text_of), WithJsonSchema({"type": TEXT_TYPES})
]
"""A text of any length, also empty."""
Line: TypeAlias = Annotated[
    str, BeforeValidator(text_only), AfterValidator(line_of), WithJsonSchema({"type": TEXT_TYPES})
]
"""A text of one line, also empty."""
Name: TypeAlias = Annotated[
    str,
    BeforeValidator(text_only),
    AfterValidator(line_of),
    AfterValidator(_filled),
    schema_of(r"\S", types=TEXT_TYPES),
]
"""A text of one line that is not empty."""
Key: TypeAlias = Annotated[
    str, BeforeValidator(text_only), AfterValidator(_key), schema_of(KEY_PATTERN, types=["string", "integer"])
]
"""The key part of an address."""
LiveId: TypeAlias = Annotated[
    str, BeforeValidator(text_only), AfterValidator(_id), schema_of(ID_PATTERN, types=["string", "integer"])
]
"""An id of the API."""
Email: TypeAlias = Annotated[str, BeforeValidator(text_only), AfterValidator(email_of), schema_of(EMAIL_PATTERN)]
"""An e-mail address, in the case in which it was written, without spaces round it."""
Flag: TypeAlias = Annotated[bool, BeforeValidator(flag_of), WithJsonSchema({"enum": [True, False, "true", "false"]})]
"""true or false, and nothing that only looks like it."""
Sex: TypeAlias = Annotated[
    str, BeforeValidator(text_only), AfterValidator(sex_of), WithJsonSchema({"enum": ["m", "f", "M", "F"]})
]
BirthDate: TypeAlias = Annotated[str, BeforeValidator(text_only), AfterValidator(birth_of), schema_of(BIRTH_PATTERN)]
Start: TypeAlias = Annotated[
    datetime | str, BeforeValidator(text_only), AfterValidator(_start), schema_of(START_PATTERN)
]
Duration: TypeAlias = Annotated[
    timedelta, BeforeValidator(lambda value: duration_of(text_only(value))), schema_of(DURATION_PATTERN)
]
Percent: TypeAlias = Annotated[
    float, BeforeValidator(lambda value: share_of(text_only(value))), schema_of(PERCENT_PATTERN)
]
Count: TypeAlias = Annotated[
    int,
    BeforeValidator(lambda value: count_of(text_only(value))),
    WithJsonSchema({"type": ["integer", "string"], "minimum": 0, "pattern": "^[0-9]{1,9}$"}),
]
Keys: TypeAlias = Annotated[frozenset[Key], BeforeValidator(distinct)]
"""A list of keys in which none stands twice."""
