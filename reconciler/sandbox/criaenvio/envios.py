"""Envios: searching, scheduling, pausing, cancelling and resuming."""

from __future__ import annotations

from reconciler.sandbox.account import Account, Json, Row
from reconciler.sandbox.criaenvio import rows
from reconciler.sandbox.criaenvio.answers import (
    OK,
    invalid,
    missing,
    parameter,
    past,
    unauthorized,
    unprocessable,
    wrong_status,
)
from reconciler.sandbox.criaenvio.call import Call, split
from reconciler.sandbox.criaenvio.fields import filled, text
from reconciler.sandbox.criaenvio.listing import Resource, Where, advertise
from reconciler.sandbox.criaenvio.listing import search as listed
from reconciler.sandbox.criaenvio.records import credits_left, existing, find, new_id
from reconciler.sandbox.criaenvio.rows import AGENDADO, CANCELADO, EM_CRIACAO, ENVIANDO, SUSPENSO
from reconciler.sandbox.criaenvio.sending import audience, reserved, stop
from reconciler.sandbox.moments import SECOND, parse_minute
from reconciler.sandbox.refusal import Refusal

_EMBEDS = ("mensagem", "remetente", "listas")
_FIGURES = """
    SELECT envios.seq, envios.id, codigo, status, inicio, termino, total, envios.criado, mensagem, remetente,
        mensagens.id AS id_mensagem, CASE WHEN status = 1
            THEN (SELECT count(*) FROM entregas WHERE envio = envios.seq AND em <= ?) ELSE enviados END AS enviados
    FROM envios JOIN mensagens ON mensagens.seq = envios.mensagem WHERE envios.id IN
"""


def search(account: Account, call: Call) -> Json:
    """GET /envios: rows carry `id_mensagem`, but not the lists. `status` takes numbers."""
    where = Where()
    where.among("id", call.query.get("id"))
    where.among("CAST(codigo AS TEXT)", call.query.get("codigo"))
    wanted = split(call.query.get("status", ""))
    if any(item not in {"0", "1", "2", "3", "4", "5"} for item in wanted):
        raise unprocessable("status")
    where.among("CAST(status AS TEXT)", ",".join(wanted))
    return listed(account, call, _RESOURCE, where)


def view(account: Account, call: Call) -> Json:
    """GET /envios/{id}; `remetente` is an empty text where the send has none."""
    find(account, "envios", call.id, missing("Registro"))
    row = _figures(account, [call.id])[0]
    shown = rows.envio(account, row)
    if "remetente" in call.embeds:
        sender = account.one("SELECT * FROM remetentes WHERE seq = ?", row["remetente"])
        shown["remetente"] = {"data": [rows.remetente(sender)]} if sender else ""
    if "mensagem" in call.embeds:
        message = account.all("SELECT * FROM mensagens WHERE seq = ?", row["mensagem"])
        shown["mensagem"] = {"data": [rows.mensagem(account, item) for item in message]}
    if "listas" in call.embeds:
        lists = account.all(
            "SELECT listas.* FROM envio_listas JOIN listas ON listas.seq = lista WHERE envio = ? ORDER BY listas.seq",
            row["seq"],
        )
        # Counts of embedded lists are null here (the reference's example), unlike everywhere else.
        shown["listas"] = {"data": [rows.lista(item) | {"contatos_ativos": None} for item in lists]}
    return advertise(account, _EMBEDS, {"data": shown})


def create(account: Account, call: Call) -> Json:
    """POST /envios. The answer says "Em criação"; there is no idempotency key, so a repeat is a second send."""
    message = account.one("SELECT * FROM mensagens WHERE id = ?", filled(call, "mensagem", parameter("mensagem")))
    if message is None:
        raise parameter("mensagem")
    idents = split(filled(call, "listas", parameter("listas")))
    lists = existing(account, "listas", idents)
    if not idents or len(lists) < len(idents):
        raise parameter("listas")
    start = _start(account, call, "data_de_inicio")
    sender = _sender(account, call)
    people = audience(account, list(lists.values()))
    if not people and not account.assumptions.envio_sem_destinatarios:
        raise parameter("listas")
    if people > credits_left(account) - reserved(account):
        raise unauthorized(
            "O envio não pode exceder a quantidade de créditos que você possui. Reduza o número de destinatários ou "
            "adquira mais créditos e tente novamente."
        )
    if account.assumptions.ja_enviada_ao_agendar:
        account.run("UPDATE mensagens SET ja_enviada = 1 WHERE seq = ?", message["seq"])
    ident = _insert(account, message["seq"], sender, start, people)
    for lista in lists.values():
        account.run("INSERT INTO envio_listas SELECT seq, ? FROM envios WHERE id = ?", lista, ident)
    return {"data": rows.envio_listed(account, _figures(account, [ident])[0])}


def pause(account: Account, call: Call) -> Json:
    """GET /envios/{id}/pausar."""
    _stop(account, call, SUSPENSO, {AGENDADO, ENVIANDO}, wrong_status("pausar"))
    return OK


def cancel(account: Account, call: Call) -> Json:
    """GET /envios/{id}/cancelar."""
    allowed = {AGENDADO, SUSPENSO} | ({ENVIANDO} if account.assumptions.cancelar_durante_envio else set())
    _stop(account, call, CANCELADO, allowed, wrong_status("cancelar"))
    return OK


def resume(account: Account, call: Call) -> Json:
    """POST /envios/{id}/retomar: starts a suspended send again, or moves a scheduled one.

    Refused by status, it answers the text of cancelar, as in the reference.
    """
    row = find(account, "envios", call.id, missing("Envio"))
    if row["status"] not in {SUSPENSO, AGENDADO}:
        raise wrong_status("cancelar")
    start = _start(account, call, "data")
    account.run(
        "UPDATE envios SET status = ?, inicio = ?, proximo = ? WHERE seq = ?", AGENDADO, start, start, row["seq"]
    )
    return OK


def _stop(account: Account, call: Call, status: int, allowed: set[int], refusal: Refusal) -> None:
    row = find(account, "envios", call.id, missing("Envio"))
    early = {EM_CRIACAO} if account.assumptions.agir_em_criacao else set()
    if row["status"] not in allowed | early:
        raise refusal
    stop(account, row, status)


def _start(account: Account, call: Call, name: str) -> int:
    """When the send begins: dd/mm/yyyy HH:MM in the account's local time, or `agora`."""
    given = filled(call, name, parameter(name)).strip()
    if given == "agora":
        return account.now
    try:
        start = parse_minute(given, account.zone)
    except ValueError:
        raise parameter(name) from None
    if start < account.now:
        raise past()
    step = max(account.assumptions.minutos_de_passo, 1) * 60 * SECOND
    return start - start % step


def _sender(account: Account, call: Call) -> int | None:
    """The sender that is asked for; without one the send has none of its own and the main one must do."""
    ident = text(call, "remetente", parameter("remetente"))
    if ident:
        row = account.one("SELECT * FROM remetentes WHERE id = ?", ident)
        if row is None:
            raise parameter("remetente")
    else:
        row = account.one("SELECT * FROM remetentes WHERE principal")
    if row is None or not row["confirmado"]:
        raise invalid("Somente remetentes confirmados podem ser utilizados.")
    return int(row["seq"]) if ident else None


def _insert(account: Account, mensagem: int, remetente: int | None, inicio: int, total: int) -> str:
    ident, codigo = new_id(account, "envios"), _codigo(account)
    account.run(
        "INSERT INTO envios (id, codigo, mensagem, remetente, status, inicio, total, proximo, criado)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ident,
        codigo,
        mensagem,
        remetente,
        EM_CRIACAO,
        inicio,
        total,
        account.now + int(account.assumptions.segundos_em_criacao * SECOND),
        account.now,
    )
    return ident


def _codigo(account: Account) -> int:
    """The next `codigo` that no send has; out of order, 1 and 2 change places, 3 and 4, and so on."""
    while True:
        codigo = account.next("codigo")
        if account.assumptions.codigo_fora_de_ordem:
            codigo += 1 if codigo % 2 else -1
        if account.one("SELECT 1 FROM envios WHERE codigo = ?", codigo) is None:
            return codigo


def _figures(account: Account, idents: list[str]) -> list[Row]:
    """Sends with their message's id and how many people they have reached, in the order of `idents`."""
    found = account.all(f"{_FIGURES} ({','.join('?' * len(idents))})", account.now, *idents)
    by_id = {row["id"]: row for row in found}
    return [by_id[ident] for ident in idents]


def _render(account: Account, _call: Call, found: list[Row]) -> list[Json]:
    return [rows.envio_listed(account, row) for row in _figures(account, [row["id"] for row in found])]


_RESOURCE = Resource("envios", "envios", _render, _EMBEDS)
