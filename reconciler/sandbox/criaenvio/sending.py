"""How sends move through time: created, scheduled, going out, done; who is reached, and when."""

# ruff: noqa: S608 - names of tables and columns are ours, values are bound

from __future__ import annotations

from reconciler.sandbox.account import Account, Row, set_setting
from reconciler.sandbox.criaenvio.mensagens import html_digest
from reconciler.sandbox.criaenvio.records import credits_left
from reconciler.sandbox.criaenvio.rows import AGENDADO, CONCLUIDO, EM_CRIACAO, ENVIANDO, SUSPENSO
from reconciler.sandbox.criaenvio.statuses import ACTIVE
from reconciler.sandbox.moments import SECOND


def audience(account: Account, listas: list[int]) -> int:
    """How many people the lists reach now: everybody once, active and not unsubscribed."""
    return account.number(f"SELECT count(DISTINCT contato) {_reached(account, len(listas))}", *listas)


def reserved(account: Account) -> int:
    """Credits that scheduled and suspended sends will need."""
    return account.number(
        "SELECT coalesce(sum(total - enviados), 0) FROM envios WHERE status IN (?, ?, ?)",
        AGENDADO,
        EM_CRIACAO,
        SUSPENSO,
    )


def next_due(account: Account) -> int | None:
    """When the next send changes its status by itself."""
    row = account.one("SELECT min(proximo) AS quando FROM envios WHERE proximo IS NOT NULL")
    due: int | None = row["quando"] if row else None
    return due


def step(account: Account) -> None:
    """Let the send that is due next do its next step; `account.now` is the time at which it was due."""
    row = account.one("SELECT * FROM envios WHERE proximo IS NOT NULL ORDER BY proximo, seq LIMIT 1")
    if row is None:
        return
    if row["status"] == EM_CRIACAO and row["inicio"] > account.now:
        account.run("UPDATE envios SET status = ?, proximo = inicio WHERE seq = ?", AGENDADO, row["seq"])
    elif row["status"] in {EM_CRIACAO, AGENDADO}:
        _start(account, row)
    else:
        _finish(account, row)


def stop(account: Account, row: Row, status: int) -> None:
    """Suspend or cancel a send: whoever was not reached yet is spared, and their credits come back."""
    spared = account.run("DELETE FROM entregas WHERE envio = ? AND em > ?", row["seq"], account.now)
    set_setting(account.db, "creditos", credits_left(account) + spared)
    account.run(
        "UPDATE envios SET status = ?, proximo = NULL, enviados = (SELECT count(*) FROM entregas WHERE envio = ?)"
        " WHERE seq = ?",
        status,
        row["seq"],
        row["seq"],
    )


def _start(account: Account, row: Row) -> None:
    """Who is reached is decided now, not when the send was made; a resumed send skips those that it has reached."""
    listas = [item["lista"] for item in account.all("SELECT lista FROM envio_listas WHERE envio = ?", row["seq"])]
    new = f"{_reached(account, len(listas))} AND contato NOT IN (SELECT contato FROM entregas WHERE envio = ?)"
    people = account.number(f"SELECT count(DISTINCT contato) {new}", *listas, row["seq"])
    if people > credits_left(account):
        account.run("UPDATE envios SET status = ?, proximo = NULL WHERE seq = ?", SUSPENSO, row["seq"])
        return
    message = account.all("SELECT id, html FROM mensagens WHERE seq = ?", row["mensagem"])[0]
    pace = account.assumptions.contatos_por_segundo
    apart = SECOND / pace if pace else 0.0
    account.run(
        "INSERT INTO entregas SELECT ?, c.seq, c.id, c.email, ?, ?,"
        " ? + CAST((row_number() OVER (ORDER BY c.seq) - 1) * ? AS INTEGER)"
        f" FROM (SELECT DISTINCT contato {new}) AS novos JOIN contatos AS c ON c.seq = novos.contato",
        row["seq"],
        message["id"],
        html_digest(message["html"]),
        account.now,
        apart,
        *listas,
        row["seq"],
    )
    set_setting(account.db, "creditos", credits_left(account) - people)
    account.run("UPDATE mensagens SET ja_enviada = 1 WHERE seq = ?", row["mensagem"])
    account.run(
        "UPDATE envios SET status = ?, total = enviados + ?, proximo = ? WHERE seq = ?",
        ENVIANDO,
        people,
        account.now + int(people * apart),
        row["seq"],
    )


def _finish(account: Account, row: Row) -> None:
    account.run(
        "UPDATE envios SET status = ?, proximo = NULL, termino = ?, enviados = total WHERE seq = ?",
        CONCLUIDO,
        account.now,
        row["seq"],
    )


def _reached(account: Account, lists: int) -> str:
    """FROM and WHERE of the people that so many lists reach."""
    listed = f"inscricoes.lista IN ({','.join('?' * lists)})"
    if not account.assumptions.lista_inativa_recebe:
        listed += " AND inscricoes.lista IN (SELECT seq FROM listas WHERE ativo)"
    return f"FROM inscricoes JOIN contatos ON contatos.seq = inscricoes.contato WHERE {listed} AND {ACTIVE}"
