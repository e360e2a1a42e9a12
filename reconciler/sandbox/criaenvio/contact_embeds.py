"""What comes with contacts when it is asked for: their lists (`grupos`) and their custom fields (`campos`)."""

# ruff: noqa: S608 - names of tables and columns are ours, values are bound

from __future__ import annotations

from collections import defaultdict

from reconciler.sandbox.account import Account, Json, Row
from reconciler.sandbox.criaenvio import rows
from reconciler.sandbox.criaenvio.call import Call
from reconciler.sandbox.criaenvio.listing import Window, pagination, window

EMBEDS = ("grupos", "campos")


def embedded(account: Account, call: Call, found: list[Row]) -> list[Json]:
    """The contacts with the relations that are asked for; one query per relation, however many contacts."""
    shown = [rows.contato(account, row) for row in found]
    seqs = [row["seq"] for row in found]
    if "grupos" in call.embeds:
        # Of a single contact, `page` pages its lists; in a listing it pages contacts, which show their first lists.
        single = Call(call.path, call.id, {**call.query} if call.id else {}, {})
        for item, lists in zip(shown, _lists(account, seqs), strict=True):
            item["grupos"] = _page(account, single, window(account, "grupos", single.query), lists)
    if "campos" in call.embeds:
        for item, values in zip(shown, _values(account, seqs), strict=True):
            item["campos"] = {"data": values}
    return shown


def _page(account: Account, call: Call, asked: Window, lists: list[Row]) -> Json:
    number, offset = asked.rows
    page = lists[offset : offset + number]
    return {
        "data": [rows.lista(row) for row in page],
        "pagination": pagination(account, call, asked, total=len(lists), count=len(page)),
    }


def _lists(account: Account, seqs: list[int]) -> list[list[Row]]:
    """Each contact's lists, active or not."""
    of: dict[int, list[Row]] = defaultdict(list)
    marks = ",".join("?" * len(seqs))
    for row in account.all(
        "SELECT inscricoes.contato AS quem, listas.* FROM inscricoes JOIN listas ON listas.seq = inscricoes.lista"
        f" WHERE inscricoes.contato IN ({marks}) ORDER BY listas.seq",
        *seqs,
    ):
        of[row["quem"]].append(row)
    return [of[seq] for seq in seqs]


def _values(account: Account, seqs: list[int]) -> list[list[Json]]:
    """Each contact's custom fields that have a value (an empty text is one)."""
    of: dict[int, list[Json]] = defaultdict(list)
    marks = ",".join("?" * len(seqs))
    for row in account.all(
        "SELECT valores.contato AS quem, campos.id, campos.nome, valores.valor FROM valores"
        f" JOIN campos ON campos.seq = valores.campo WHERE valores.contato IN ({marks}) ORDER BY campos.seq",
        *seqs,
    ):
        of[row["quem"]].append({"id": row["id"], "nome": row["nome"], "valor": row["valor"]})
    return [of[seq] for seq in seqs]
