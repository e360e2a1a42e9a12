"""The guards' settings, as data: what a workspace, an account or one resource may set under `regras`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time, timedelta


@dataclass(frozen=True, slots=True)
class Window:
    """When sends may start: ISO weekdays (1 Monday … 7 Sunday) and local times, both ends included."""

    days: frozenset[int]
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Rules:
    """Every guard with its default. Defaults are on where a mistake cannot be undone.

    `max_desativacoes` lets one plan deactivate at most max(minimum, share × live objects of the kind), as (share 0…1,
    minimum). `max_destinatarios` and `max_destinatarios_do_plano` count people; None means no limit, here and below.
    `intervalo_entre_canais` is the least time between a send and a bulk send of another channel; `max_por_contato` lets
    one person get so many sends within such a time.
    """

    antecedencia_minima: timedelta = timedelta(minutes=30)
    tolerancia_de_publico: float = 0.02
    max_destinatarios: int | None = None
    max_destinatarios_do_plano: int | None = None
    janela_de_envio: Window | None = None
    max_desativacoes: tuple[float, int] = (0.10, 10)
    exigir_descadastro: bool = True
    permitir_agora: bool = False
    intervalo_entre_canais: timedelta | None = None
    max_por_contato: tuple[int, timedelta] | None = None

    def overridden(self, nearer: Mapping[str, object]) -> Rules:
        """These rules with `nearer`'s settings (field names as here) in their place: the nearest wins."""
        return replace(self, **nearer) if nearer else self  # type: ignore[arg-type]
