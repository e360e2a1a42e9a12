"""Figures and shares that checks on the other channels compare with, as they are written: `<= 2%`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Annotated, Final, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema

from reconciler.engine.check import Comparison, Operator
from reconciler.providers.scalars import duration_of, refused, schema_of, text_only

_OPERATOR: Final = r"(<=|>=|<|>|=)"
_UNEVEN: Final = r"(<=|>=|<|>)"
_PERCENT: Final = r"(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)"
_OTHER_SIGNS: Final = {"≤": "<=", "≥": ">=", "=<": "<=", "=>": ">=", "==": "=", ",": "."}
_SHARE_OF_ONE: Final = re.compile(rf"(?P<operator>{_OPERATOR})? ?(?P<figure>0?\.[0-9]{{1,6}})\Z")


def _compared(pattern: str, example: str, value: object) -> tuple[Operator, str, str]:
    """The operator (`=` where none is written), the figure and the whole of a comparison."""
    text = text_only(value).strip()
    if re.match(pattern, text) is None:
        near = next((found for found in _nearly(text, example) if re.match(pattern, found)), "")
        reason = "this is no comparison with a figure that can stand here"
        if near.endswith("%") and "%" not in text:
            reason += "; a share is written in percent"
        raise refused("bad-comparison", reason, f'write "{near}"' if near else f'write it as "{example}"')
    written = re.match(_OPERATOR, text)
    figure = text[written.end() :].strip() if written else text
    return Operator(written[0]) if written else Operator.EXACTLY, figure, text


def _nearly(text: str, example: str) -> Iterator[str]:
    """What may be meant: with other signs, with the usual operator of such figures, a share of 1 in percent."""
    for sign, right in _OTHER_SIGNS.items():
        text = text.replace(sign, right)
    usual = example.partition(" ")[0]
    yield from (text, f"{usual} {text}")
    if (share := _SHARE_OF_ONE.match(text)) is not None:
        yield f"{share['operator'] or usual} {float(share['figure']) * 100:g}%"


_COUNTED: Final = rf"^({_OPERATOR} ?)?[0-9]{{1,9}}$"
_PEOPLE: Final = rf"{_COUNTED}|^{_UNEVEN} ?{_PERCENT} ?%$"
_PROGRESS: Final = rf"^({_OPERATOR} ?)?({_PERCENT} ?%|0|[1-9][0-9]?(\.[0-9]+)?|100(\.0+)?)$"
_AGED: Final = rf"^{_UNEVEN} ?[0-9]{{1,6}}(\.[0-9]+)? ?(s|min|h|d)$"


def _people(example: str, value: object) -> Comparison:
    operator, figure, text = _compared(_PEOPLE, example, value)
    if figure.endswith("%"):
        return Comparison(operator, Fraction(figure.rstrip("% ")) / 100, text, share=True)
    return Comparison(operator, Fraction(figure), text)


def _number(pattern: str, example: str, value: object) -> Comparison:
    operator, figure, text = _compared(pattern, example, value)
    return Comparison(operator, Fraction(figure.rstrip("% ")), text)


def _age(value: object) -> Comparison:
    operator, figure, text = _compared(_AGED, "<= 2d", value)
    return Comparison(operator, Fraction(str(duration_of(figure).total_seconds())), text)


def _figure_schema(pattern: str, **more: object) -> WithJsonSchema:
    return WithJsonSchema({"type": ["integer", "string"], "minimum": 0, "pattern": pattern} | more)


_PEOPLE_SCHEMA: Final = _figure_schema(_PEOPLE, maximum=999_999_999)
Pessoas: TypeAlias = Annotated[Comparison, BeforeValidator(partial(_people, ">= 90%")), _PEOPLE_SCHEMA]
"""So many people, or a share of all recipients, of whom there should be many: `>= 100`, `>= 90%`."""
Falhas: TypeAlias = Annotated[Comparison, BeforeValidator(partial(_people, "<= 2%")), _PEOPLE_SCHEMA]
"""The same of those who should be few."""
Progresso: TypeAlias = Annotated[
    Comparison,
    BeforeValidator(partial(_number, _PROGRESS, ">= 50%")),
    _figure_schema(_PROGRESS, type=["number", "string"], maximum=100, anyOf=[{"const": 0}, {"minimum": 1}]),
]
"""0 to 100. What is between 0 and 1 and has no % may be meant as a share of 1: refused."""
Quantos: TypeAlias = Annotated[
    Comparison,
    BeforeValidator(partial(_number, _COUNTED, ">= 1")),
    _figure_schema(_COUNTED, maximum=999_999_999),
]
Idade: TypeAlias = Annotated[Comparison, BeforeValidator(_age), schema_of(_AGED)]
