"""The sources of the other channels by their names, and the lines over which one account reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

from reconciler.engine.channels import Observation
from reconciler.engine.check import NobodyAskedError, UnreadableError, Where
from reconciler.providers.filtering import Between, Equal, InvalidFilterError
from reconciler.providers.mindo import client as mindo
from reconciler.providers.mindo.envios_em_massa import calls as envios_em_massa
from reconciler.providers.mindo.envios_em_massa import spec as envios_em_massa_spec
from reconciler.providers.ogmma import client as ogmma
from reconciler.providers.ogmma.lotes import calls as lotes
from reconciler.providers.ogmma.lotes import spec as lotes_spec
from reconciler.providers.ogmma.mensagens import calls as mensagens
from reconciler.providers.ogmma.mensagens import spec as mensagens_spec
from reconciler.providers.reader import Reader
from reconciler.transport import InvalidKeyError, InvalidOriginError, Limits, Ports

Connect: TypeAlias = Callable[[str, str, Limits, Ports], Reader]


@dataclass(frozen=True, slots=True)
class Source:
    """What a vendor shows in one place: how a selection becomes its filters, and how all that they select is read.

    `bulk` is whether it shows bulk sends.
    """

    vendor: str
    narrowed: Callable[[Equal, Between], Any]
    observe: Callable[[Reader, Any], Iterator[Observation]]
    bulk: bool = True


SOURCES: Final[Mapping[str, Source]] = {
    lotes_spec.SOURCE: Source("ogmma", lotes.narrowed, lotes.observe),
    mensagens_spec.SOURCE: Source("ogmma", mensagens.narrowed, mensagens.observe, bulk=False),
    envios_em_massa_spec.SOURCE: Source("mindo", envios_em_massa.narrowed, envios_em_massa.observe),
}
VENDORS: Final[Mapping[str, Connect]] = {"ogmma": ogmma.connect, "mindo": mindo.connect}
ADDRESSES: Final[Mapping[str, str]] = {"ogmma": ogmma.ADDRESS, "mindo": mindo.ADDRESS}


@dataclass(frozen=True, slots=True)
class Line:
    """Where a vendor's API is, and the account's key to it; `why` there is none, if that is so."""

    address: str
    key: str = field(default="", repr=False)
    why: str = ""


class Lines:
    """How one account reads the other channels: a connection per vendor, made when it is first asked for.

    `lines` has every vendor that the account names. Close it, or use it as a context. It can write nothing: its
    connections are for reading only.
    """

    def __init__(self, lines: Mapping[str, Line], limits: Limits, ports: Ports) -> None:
        self._lines = lines
        self._connected = partial(_connected, limits=limits, ports=ports)
        self._readers: dict[str, Reader] = {}

    @property
    def count(self) -> Mapping[str, int]:
        """Requests sent so far per operation (`GET /bulk`), repeats included."""
        counted: Counter[str] = Counter()
        for reader in self._readers.values():
            counted.update(reader.count)
        return counted

    def bulks(self) -> Iterable[str]:
        """The sources of bulk sends of the vendors that the account names."""
        return [name for name, source in SOURCES.items() if source.bulk and source.vendor in self._lines]

    def read(self, source: str, where: Where, /) -> Iterator[Observation]:
        """All objects of a source that meet `where`, and perhaps others.

        Raises UnreadableError where it cannot be asked, and the transport's Failure.
        """
        equal = {each.field: each.among for each in where.conditions if each.among}
        between = {each.field: (each.since, each.before) for each in where.conditions if not each.among}
        try:
            filters = SOURCES[source].narrowed(equal, between)
        except InvalidFilterError as invalid:
            raise UnreadableError(str(invalid)) from None
        return SOURCES[source].observe(self._reader(source), filters)

    def _reader(self, source: str) -> Reader:
        vendor = SOURCES[source].vendor
        if vendor not in self._readers:
            line = self._lines.get(vendor)
            if line is None:
                raise NobodyAskedError(f"the account has no key for {vendor}")
            if line.why:
                raise UnreadableError(line.why)
            self._readers[vendor] = self._connected(vendor, line)
        return self._readers[vendor]

    def close(self) -> None:
        """Close every connection."""
        for reader in self._readers.values():
            reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _connected(vendor: str, line: Line, limits: Limits, ports: Ports) -> Reader:
    try:
        return VENDORS[vendor](line.address, line.key, limits, ports)
    except (InvalidOriginError, InvalidKeyError) as invalid:
        raise UnreadableError(str(invalid)) from None
