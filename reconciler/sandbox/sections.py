"""The sections of all channels but e-mail, by name: `ogmma.lotes`, `ogmma.mensagens`, `mindo.envios_em_massa`."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.sandbox.mindo.records import ENVIOS_EM_MASSA
from reconciler.sandbox.ogmma.records import LOTES, MENSAGENS
from reconciler.sandbox.section import Section

SECTIONS: Mapping[str, Section] = {section.name: section for section in (LOTES, MENSAGENS, ENVIOS_EM_MASSA)}
