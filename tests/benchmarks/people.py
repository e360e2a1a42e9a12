"""The people of every benchmark: any number of them, each with as many values and lists, in the words of the YAML."""

from __future__ import annotations

from typing import Any

LISTS, FIELDS = 3, 5
KEYS = tuple(f"lista{number}" for number in range(LISTS))
"""The keys of the lists, which everybody is in."""
_CITIES = ("Santos", "Olinda", "São Paulo", "Belém", "Ouro Preto")
REPEAT = len(_CITIES)
"""After so many people the values come again."""


def person(number: int) -> dict[str, str]:
    """Contact `number`, without lists and values."""
    return {
        "email": f"pessoa.{number:07}@exemplo.com.br",
        "nome": f"Pessoa Número {number}",
        "sexo": "f" if number % 2 else "m",
        "data_de_nascimento": f"{1950 + number % 50}-{1 + number % 12:02}-{1 + number % 28:02}",
    }


def values(number: int) -> list[str]:
    """Its values, field by field."""
    return [_CITIES[(number + field) % len(_CITIES)] for field in range(FIELDS)]


def declared() -> dict[str, Any]:
    """The sections of the fields and lists."""
    return {
        "campos": {f"campo{number}": {"nome": f"Campo {number}"} for number in range(FIELDS)},
        "listas": {key: {"nome": f"Lista {number}"} for number, key in enumerate(KEYS)},
    }
