"""What a case says that other channels show → a port that shows just that, by the sources' own wire functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from reconciler.engine.channels import Observation
from reconciler.engine.check import NobodyAskedError, UnreadableError, Where
from reconciler.providers.mindo.envios_em_massa import spec as massa
from reconciler.providers.mindo.envios_em_massa import wire as massa_wire
from reconciler.providers.ogmma.lotes import spec as lotes
from reconciler.providers.ogmma.lotes import wire as lotes_wire
from reconciler.providers.ogmma.mensagens import spec as mensagens
from reconciler.providers.ogmma.mensagens import wire as mensagens_wire

_OBSERVED: Final[Mapping[str, Callable[[object], Observation]]] = {
    lotes.SOURCE: lotes_wire.observed,
    massa.SOURCE: massa_wire.observed,
    mensagens.SOURCE: mensagens_wire.observed,
}


@dataclass(slots=True)
class Shown:
    """A port for `channels`: source → its objects, or a text that says why it cannot be read. Counts what is asked."""

    channels: Mapping[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def count(self) -> Mapping[str, int]:
        """No request is ever sent."""
        return {}

    def bulks(self) -> Iterable[str]:
        """The sources of bulk sends that the case has."""
        return [source for source in self.channels if source != mensagens.SOURCE]

    def read(self, source: str, _where: Where, /) -> Iterable[Observation]:
        """All objects of a source."""
        self.asked.append(source)
        if source not in self.channels:
            raise NobodyAskedError("there is no key for it")
        shown = self.channels[source]
        if isinstance(shown, str):
            raise UnreadableError(shown)
        return observations(source, shown)


def observations(source: str, records: Sequence[Mapping[str, Any]]) -> list[Observation]:
    """Records as the source's API answers them."""
    return [_OBSERVED[source](dict(record)) for record in records]
