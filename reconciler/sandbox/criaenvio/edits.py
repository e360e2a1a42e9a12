"""What somebody does in the vendor's own screens, past the API: the drift that a reconciler must notice and respect."""

# ruff: noqa: S608 - names of tables and columns are ours, values are bound

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox import moments
from reconciler.sandbox.account import Account, Row, set_setting
from reconciler.sandbox.criaenvio.records import existing
from reconciler.sandbox.criaenvio.rows import AGENDADO, CANCELADO, STATUS, SUSPENSO
from reconciler.sandbox.criaenvio.seed_records import FIELDS
from reconciler.sandbox.criaenvio.sending import stop
from reconciler.sandbox.seed_fields import EditError

_COLUMNS = {"data_de_nascimento": "nascimento", "recebeu_envios": "recebeu"}
_FOLDED = {
    ("listas", "nome"),
    ("campos", "nome"),
    ("contatos", "nome"),
    ("contatos", "email"),
    ("remetentes", "nome"),
} | {
    ("remetentes", "email"),
    ("mensagens", "nome"),
    ("mensagens", "assunto"),
}
_FIXED = {"id", "codigo", "contador", "criado", "html_arquivo", "total_de_contatos", "total_enviado", "data_de_termino"}
_NOT_BY_HAND = {"envios": {"mensagem", "listas", "remetente"}}


def edit(account: Account, section: str, ident: str, wanted: Mapping[str, Any]) -> None:
    """Change a record's fields (sections and fields as in a seed), or (section `conta`) the account's `creditos`.

    A contact set to `descadastrado` is inactive too; `listas` are replaced, `campos` added to. A send can be set to
    Suspenso, Cancelado or Agendado, and moved.

    Raises:
        EditError: for something that does not exist, a value that does not fit, or a change that no screen offers.
    """
    if section == "conta":
        _edit_account(account, wanted)
        return
    row = _row(account, section, ident)
    for name, value in wanted.items():
        known = FIELDS[section].get(name)
        if known is None or name in _FIXED | _NOT_BY_HAND.get(section, set()):
            raise EditError(f"{section}: {name!r} cannot be edited")
        if not known.fits(value) and not (value is None and not known.required):
            raise EditError(f"{section}.{name}: must be {known.what}, not {value!r}")
        if section == "envios":
            _edit_send(account, row, name, value)
        elif section == "contatos" and name in {"listas", "campos"}:
            _edit_links(account, row, name, value)
        else:
            _set(account, section, row, name, value)


def remove(account: Account, section: str, ident: str) -> None:
    """Delete a contact, list, field or message for good, as only the vendor's screens can.

    Raises:
        EditError: for something that does not exist or that a send still refers to.
    """
    row = _row(account, section, ident)
    uses = {
        "contatos": ("inscricoes", "valores"),
        "campos": ("valores",),
        "listas": ("inscricoes",),
        "mensagens": (),
    }
    if section not in uses:
        raise EditError(f"{section}: cannot be removed")
    if account.one("SELECT 1 FROM envio_listas WHERE lista = ?", row["seq"]) and section == "listas":
        raise EditError(f"listas: {ident!r} is part of a send")
    if account.one("SELECT 1 FROM envios WHERE mensagem = ?", row["seq"]) and section == "mensagens":
        raise EditError(f"mensagens: {ident!r} is part of a send")
    for table in uses[section]:
        account.run(f"DELETE FROM {table} WHERE {section[:-1]} = ?", row["seq"])
    account.run(f"DELETE FROM {section} WHERE seq = ?", row["seq"])


def _row(account: Account, section: str, ident: str) -> Row:
    row = account.one(f"SELECT * FROM {section} WHERE id = ?", ident)
    if row is None:
        raise EditError(f"{section}: there is no {ident!r}")
    return row


def _set(account: Account, section: str, row: Row, name: str, value: Any) -> None:
    column = _COLUMNS.get(name, name)
    account.run(f"UPDATE {section} SET {column} = ? WHERE seq = ?", value, row["seq"])
    if (section, name) in _FOLDED:
        folded = value.casefold() if value else value
        account.run(f"UPDATE {section} SET {column}_baixo = ? WHERE seq = ?", folded, row["seq"])
    if name == "descadastrado" and value:
        account.run("UPDATE contatos SET ativo = 0 WHERE seq = ?", row["seq"])


def _edit_links(account: Account, row: Row, name: str, value: Any) -> None:
    known = existing(account, name, list(value))
    missing = [ident for ident in value if ident not in known]
    if missing:
        raise EditError(f"{name}: there is no {missing[0]!r}")
    if name == "listas":
        account.run("DELETE FROM inscricoes WHERE contato = ?", row["seq"])
        for seq in known.values():
            account.run("INSERT INTO inscricoes VALUES (?, ?)", row["seq"], seq)
        return
    for ident, text in value.items():
        account.run(
            "INSERT OR REPLACE INTO valores VALUES (?, ?, ?, ?)", row["seq"], known[ident], text, text.casefold()
        )


def _edit_send(account: Account, row: Row, name: str, value: Any) -> None:
    if name == "data_de_inicio":
        start = moments.parse_local(value, account.zone)
        account.run(
            "UPDATE envios SET inicio = ?, proximo = CASE WHEN status = ? THEN ? ELSE proximo END WHERE seq = ?",
            start,
            AGENDADO,
            start,
            row["seq"],
        )
    elif value in {STATUS[SUSPENSO], STATUS[CANCELADO]}:
        stop(account, row, STATUS.index(value))
    elif value == STATUS[AGENDADO]:
        account.run("UPDATE envios SET status = ?, proximo = inicio WHERE seq = ?", AGENDADO, row["seq"])
    else:
        raise EditError(f"envios.status: can be set to Suspenso, Cancelado or Agendado, not to {value!r}")


def _edit_account(account: Account, wanted: Mapping[str, Any]) -> None:
    value = wanted.get("creditos")
    if set(wanted) != {"creditos"} or not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise EditError("conta: creditos can be edited, to a whole number, 0 or more")
    set_setting(account.db, "creditos", value)
