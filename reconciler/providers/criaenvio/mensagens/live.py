"""Reading mensagens: the listing has no html (reference), so each declared message that is live is read on its own."""

from __future__ import annotations

from reconciler.engine.model import Declared, Observed
from reconciler.providers.criaenvio.mensagens import calls, wire
from reconciler.providers.criaenvio.mensagens.decide import newest
from reconciler.providers.criaenvio.survey import Search, Survey, Wanted, fetch


def observe(survey: Survey) -> None:
    """The declared and remembered messages, html only for those that are declared."""
    declared = survey.declared("mensagem")
    if not survey.any_of("mensagem"):
        return
    found = {row_id: wire.observed(row) for row_id, row in fetch(_search(survey), _wanted(survey)).rows.items()}
    for item in declared:
        match = _match(item, found, survey)
        if match is not None and "html" not in match.fields:
            found[match.id] = wire.observed(calls.view(survey.client, match.id))
    survey.found["mensagem"] = tuple(found.values())


def _wanted(survey: Survey) -> Wanted:
    """Bound messages by id, the others by name (a filter that finds substrings: the rows are compared)."""
    ids = {binding.id for binding in survey.bindings("mensagem")}
    texts: list[tuple[str, str]] = []
    for item in survey.declared("mensagem"):
        if item.id:
            ids.add(item.id)
        elif survey.known_id(item) is None:
            texts += [("nome", name) for name in (str(item.fields["nome"]), item.former) if name]
    return Wanted(ids=sorted(ids), texts=sorted(set(texts)))


def _search(survey: Survey) -> Search:
    return lambda page, **chosen: calls.search(survey.client, page=page, **chosen)


def _match(item: Declared, found: dict[str, Observed], survey: Survey) -> Observed | None:
    """The live message that the engine will match: by binding or pin, else the newest of that name."""
    known = found.get(survey.known_id(item) or "")
    if known is not None:
        return known
    for name in (item.fields["nome"], item.former):
        same = newest([live for live in found.values() if name is not None and live.fields.get("nome") == name])
        if same is not None:
            return same
    return None
