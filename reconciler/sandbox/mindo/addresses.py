"""Where `next` and `previous` of a listing lead: to the neighbouring pages, or elsewhere if that is assumed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

_ELSEWHERE = "api.exemplo.org"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Of one listing: `server` is scheme, host and port, `query` what was asked, `leads` is as in the assumptions."""

    server: str
    base: str
    path: str
    query: Mapping[str, str]
    leads: str

    def page(self, number: int) -> str:
        """The address of a page; the first needs no `page`, as in Django's REST framework."""
        query = {name: value for name, value in self.query.items() if name != "page"}
        if number > 1:
            query["page"] = str(number)
        return self._turned(self.base + self.path, urlencode(sorted(query.items())))

    def _turned(self, path: str, query: str) -> str:
        scheme, netloc = urlsplit(self.server)[:2]
        host, _, port = netloc.partition(":")
        turned = {
            "https": ("https", netloc, path),
            "outro_host": (scheme, _ELSEWHERE, path),
            "outra_porta": (scheme, f"{host}:{int(port or 80) % 65535 + 1}", path),
            "com_usuario": (scheme, f"{netloc}@{_ELSEWHERE}", path),
            "fora_da_base": (scheme, netloc, f"/_sandbox{self.path}"),
            "sem_esquema": ("", _ELSEWHERE, path),
            "relativo": ("", "", path),
        }
        return urlunsplit((*turned.get(self.leads, (scheme, netloc, path)), query, ""))
