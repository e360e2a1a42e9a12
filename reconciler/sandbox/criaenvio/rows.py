"""How each kind of record looks in an answer: names, types and oddities as in the reference's examples. Pure."""

from __future__ import annotations

from reconciler.sandbox.account import Account, Json, Row
from reconciler.sandbox.criaenvio.records import stamp
from reconciler.sandbox.moments import day

SUSPENSO, ENVIANDO, CONCLUIDO, CANCELADO, AGENDADO, EM_CRIACAO = range(6)
STATUS = ("Suspenso", "Enviando", "Concluído", "Cancelado", "Agendado", "Em criação")
"""A send's statuses: filters take the number, answers carry the word."""


def contato(account: Account, row: Row) -> Json:
    """A contact: `qualidade` is a text; `data_de_nascimento` (dd/mm/yyyy) comes out as `dataNascimento`."""
    return {
        "id": row["id"],
        "nome": row["nome"],
        "email": row["email"],
        "qualidade": str(row["qualidade"]),
        "ativo": bool(row["ativo"]),
        "descadastrado": bool(row["descadastrado"]),
        "sexo": row["sexo"],
        "dataNascimento": row["nascimento"],
        "dataCadastro": stamp(account, row["criado"]),
    }


def lista(row: Row) -> Json:
    """A list: `contatos_ativos` is a text."""
    return {
        "id": row["id"],
        "nome": row["nome"],
        "ativo": bool(row["ativo"]),
        "contatos_ativos": str(row["contatos_ativos"]),
    }


def campo(row: Row) -> Json:
    """A custom field."""
    return {"id": row["id"], "nome": row["nome"]}


def remetente(row: Row) -> Json:
    """A sender."""
    return {
        "id": row["id"],
        "nome": row["nome"],
        "email": row["email"],
        "principal": bool(row["principal"]),
        "confirmado": bool(row["confirmado"]),
    }


def mensagem_listed(account: Account, row: Row) -> Json:
    """A message in a listing: without its html. `contador` is a text, `dataCadastro` a date."""
    return {
        "id": row["id"],
        "contador": str(row["contador"]),
        "assunto": row["assunto"],
        "nome": row["nome"],
        "dataCadastro": day(row["criado"], account.zone),
        "emailResposta": row["email_resposta"],
        "mensagemDescadastro": row["mensagem_descadastro"],
        "jaEnviada": bool(row["ja_enviada"]),
    }


def mensagem(account: Account, row: Row) -> Json:
    """A message on its own: with its html."""
    return mensagem_listed(account, row) | {"html": row["html"]}


def envio_listed(account: Account, row: Row) -> Json:
    """A send in a listing and as POST answers it; `row` also has `id_mensagem` and `enviados`."""
    return {
        "id": row["id"],
        "codigo": str(row["codigo"]),
        "id_mensagem": row["id_mensagem"],
        "status": STATUS[row["status"]],
        **_envio_times(account, row),
        "total_de_contatos": row["total"],
        "porcentagem_de_conclusao": f"{_percent(row):.2f}",
    }


def envio(account: Account, row: Row) -> Json:
    """A send on its own: no `id_mensagem`, but figures, which are numbers (nobody reacts to the simulator's sends)."""
    zeros = ("descadastros", "visualizacoes_totais", "visualizacoes_unicas", "cliques_totais", "cliques_unicos")
    rates = ("taxa_de_abertura", "taxa_de_clique", "taxa_de_rejeicao")
    return {
        "id": row["id"],
        "codigo": str(row["codigo"]),
        "status": STATUS[row["status"]],
        **_envio_times(account, row),
        "total_de_contatos": row["total"],
        "total_enviado": row["enviados"],
        "rejeitados": 0,
        "nao_rejeitados": row["enviados"],
        **dict.fromkeys(zeros + rates, 0),
        "porcentagem_de_conclusao": round(_percent(row), 2),
    }


def _envio_times(account: Account, row: Row) -> Json:
    """Creation has microseconds; a start has them only if it was `agora` (both in the reference's examples)."""
    return {
        "data_de_criacao": stamp(account, row["criado"], fraction=True),
        "data_de_inicio": stamp(account, row["inicio"], fraction=True),
        "data_de_termino": stamp(account, row["termino"], fraction=True),
    }


def _percent(row: Row) -> float:
    if row["status"] == CONCLUIDO:
        return 100.0
    return min(100.0, 100.0 * row["enviados"] / row["total"]) if row["total"] else 0.0
