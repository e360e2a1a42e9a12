"""Writing a seed's records into empty tables, in bulk: a hundred thousand contacts take seconds."""

# ruff: noqa: S608 - names of tables and columns are ours, values are bound

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.sandbox import moments
from reconciler.sandbox.account import set_setting
from reconciler.sandbox.criaenvio.html import rewrite
from reconciler.sandbox.criaenvio.ids import nth
from reconciler.sandbox.criaenvio.rows import AGENDADO, CONCLUIDO, EM_CRIACAO, ENVIANDO, STATUS
from reconciler.sandbox.criaenvio.schema import COUNTERS
from reconciler.sandbox.criaenvio.statuses import ACTIVE
from reconciler.sandbox.seed_fields import Record, Seed, SeedError


@dataclass(frozen=True, slots=True)
class _Seeding:
    db: sqlite3.Connection
    seed: Seed
    now: int

    def numbered(self, section: str) -> Iterator[tuple[int, str, Record]]:
        """The section's records, each with its place from 1 and an id that is new where it has none."""
        records = self.seed.records[section]
        taken = {item["id"] for item in records if item["id"]}
        drawn = 0
        for seq, item in enumerate(records, 1):
            ident = item["id"]
            while not ident or (item["id"] is None and ident in taken):
                ident, drawn = nth(section, drawn), drawn + 1
            yield seq, ident, item
        self.counter(section, drawn)

    def places(self, section: str) -> dict[str, int]:
        """Where each record of the section went, by id."""
        return dict(self.db.execute(f"SELECT id, seq FROM {section}").fetchall())

    def counter(self, name: str, n: int) -> None:
        self.db.execute("INSERT OR REPLACE INTO contadores VALUES (?, ?)", (name, n))

    def many(self, table: str, marks: int, values: Iterable[tuple[object, ...]], columns: str = "") -> None:
        self.db.executemany(f"INSERT INTO {table} {columns} VALUES ({', '.join('?' * marks)})", values)

    def at(self, item: Record, name: str = "criado") -> int:
        """One of a record's times; now where it has none."""
        return self.now if item[name] is None else moments.parse_local(item[name], self.seed.zone)


def write(db: sqlite3.Connection, seed: Seed, now: int) -> None:
    """Fill the empty tables, as of `now` (microseconds since 1970).

    Raises:
        SeedError: if a send that is still to start has a start in the past.
    """
    work = _Seeding(db, seed, now)
    set_setting(db, "creditos", seed.credits)
    db.executemany("INSERT INTO lista_teste VALUES (?)", [(email,) for email in seed.test_list])
    _small_kinds(work)
    _contacts(work)
    _messages(work)
    _sends(work)
    for trigger in COUNTERS.split("END;")[:-1]:
        db.execute(f"{trigger} END")


def _small_kinds(work: _Seeding) -> None:
    work.many("remetentes", 9, (_sender(work, seq, ident, item) for seq, ident, item in work.numbered("remetentes")))
    work.many(
        "campos", 5, ((seq, i, c["nome"], c["nome"].casefold(), work.at(c)) for seq, i, c in work.numbered("campos"))
    )
    work.many(
        "listas",
        7,
        (
            (seq, i, ls["nome"], ls["nome"].casefold(), ls["ativo"], 0, work.at(ls))
            for seq, i, ls in work.numbered("listas")
        ),
    )


def _sender(work: _Seeding, seq: int, ident: str, item: Record) -> tuple[object, ...]:
    nome, email = item["nome"], item["email"]
    names = (nome, nome.casefold(), email, email.casefold())
    return (seq, ident, *names, item["principal"], item["confirmado"], work.at(item))


def _contacts(work: _Seeding) -> None:
    records = work.seed.records["contatos"]
    work.many("contatos", 13, (_contact(work, seq, ident, item) for seq, ident, item in work.numbered("contatos")))
    listas, campos = work.places("listas"), work.places("campos")
    work.many(
        "inscricoes", 2, ((seq, listas[i]) for seq, c in enumerate(records, 1) for i in dict.fromkeys(c["listas"]))
    )
    work.many(
        "valores",
        4,
        ((seq, campos[i], v, v.casefold()) for seq, c in enumerate(records, 1) for i, v in c["campos"].items()),
    )
    work.db.execute(
        "UPDATE listas SET contatos_ativos = (SELECT count(*) FROM inscricoes JOIN contatos ON contatos.seq = contato"
        f" WHERE lista = listas.seq AND {ACTIVE})"
    )


def _contact(work: _Seeding, seq: int, ident: str, item: Record) -> tuple[object, ...]:
    nome, email = item["nome"], item["email"]
    return (
        seq,
        ident,
        nome,
        nome.casefold(),
        email,
        email.casefold(),
        item["sexo"],
        item["data_de_nascimento"],
        item["qualidade"],
        item["ativo"],
        item["descadastrado"],
        item["recebeu_envios"],
        work.at(item),
    )


def _messages(work: _Seeding) -> None:
    highest = max([item["contador"] or 0 for item in work.seed.records["mensagens"]], default=0)
    sent = {e["mensagem"] for e in work.seed.records["envios"] if e["status"] in {STATUS[CONCLUIDO], STATUS[ENVIANDO]}}

    def values() -> Iterator[tuple[object, ...]]:
        nonlocal highest
        for seq, ident, item in work.numbered("mensagens"):
            if item["contador"] is None:
                highest += 1
            html = rewrite(item["html"]) if work.seed.assumptions.reescrever_html else item["html"]
            nome, assunto = item["nome"], item["assunto"]
            yield (
                *(seq, ident, item["contador"] or highest, assunto, assunto.casefold(), html),
                *(nome, nome.casefold() if nome else None, item["email_resposta"], item["mensagem_descadastro"]),
                *(item["ja_enviada"] or ident in sent, work.at(item)),
            )

    work.many("mensagens", 12, values())
    work.counter("contador", highest)


def _sends(work: _Seeding) -> None:
    records = work.seed.records["envios"]
    messages, senders, lists = work.places("mensagens"), work.places("remetentes"), work.places("listas")
    codigo = max([item["codigo"] or 0 for item in records], default=0)
    for seq, ident, item in work.numbered("envios"):
        if item["codigo"] is None:
            codigo += 1
        status, start = STATUS.index(item["status"]), work.at(item, "data_de_inicio")
        waiting = status in {AGENDADO, EM_CRIACAO}
        if waiting and start < work.now:
            raise SeedError(
                f"envios[{seq - 1}].data_de_inicio: {item['data_de_inicio']} has passed, but it is {item['status']}"
            )
        idents = list(dict.fromkeys(item["listas"]))
        work.many("envio_listas", 2, ((seq, lists[i]) for i in idents))
        people = item["total_de_contatos"]
        if people is None:
            people = _reached(work, [lists[i] for i in idents])
        done = people if status == CONCLUIDO and item["total_enviado"] is None else item["total_enviado"] or 0
        proximo = {AGENDADO: start, EM_CRIACAO: work.now, ENVIANDO: work.now}.get(status)
        ended = work.at(item, "data_de_termino") if item["data_de_termino"] else None
        values = (
            *(seq, ident, item["codigo"] or codigo, messages[item["mensagem"]]),
            *(senders[item["remetente"]] if item["remetente"] else None, status, start, ended, people, done, proximo),
            work.at(item),
        )
        work.many("envios", 12, [values])
    work.counter("codigo", codigo)


def _reached(work: _Seeding, lists: list[int]) -> int:
    marks = ",".join("?" * len(lists))
    reached = f"inscricoes JOIN contatos ON seq = contato WHERE lista IN ({marks}) AND {ACTIVE}"
    sql = f"SELECT count(DISTINCT contato) FROM {reached}"
    return int(work.db.execute(sql, lists).fetchone()[0])
