"""GET /contatos with its sixteen filters."""

from __future__ import annotations

from datetime import date, datetime

from reconciler.sandbox import moments
from reconciler.sandbox.account import Account, Json
from reconciler.sandbox.criaenvio.answers import unprocessable
from reconciler.sandbox.criaenvio.call import Call
from reconciler.sandbox.criaenvio.contact_embeds import EMBEDS, embedded
from reconciler.sandbox.criaenvio.listing import Resource, Where
from reconciler.sandbox.criaenvio.listing import search as listed
from reconciler.sandbox.criaenvio.statuses import by_status

_RESOURCE = Resource("contatos", "contatos", embedded, EMBEDS)
_SEXES = {"m": "sexo = 'm'", "f": "sexo = 'f'", "mf": "sexo IN ('m', 'f')", "vazio": "sexo IS NULL"}
_DAY = 86_400 * moments.SECOND


def search(account: Account, call: Call) -> Json:
    """GET /contatos; `status` defaults to `ativos`, so that most searches do not show everybody."""
    query = call.query
    where = Where()
    where.among("id", query.get("id"))
    where.contains("nome_baixo", query.get("nome"))
    where.contains("email_baixo", query.get("email"))
    where.add(by_status(query.get("status")))
    where.among("CAST(qualidade AS TEXT)", query.get("qualidade"))
    if query.get("sexo"):
        if query["sexo"] not in _SEXES:
            raise unprocessable("sexo")
        where.add(_SEXES[query["sexo"]])
    if query.get("campo"):
        holders = "SELECT contato FROM valores WHERE instr(valor_baixo, ?) > 0"
        where.add(f"seq IN ({holders})", query["campo"].casefold())
    _ages(account, call, where)
    _dates(account, call, where)
    _birthdays(call, where)
    if not account.assumptions.embeds_na_listagem:
        call = Call(call.path, "", {**query, "embeds": ""}, {})
    return listed(account, call, _RESOURCE, where)


def created(account: Account, call: Call, where: Where) -> None:
    """`datadecadastroinicio` and `datadecadastrotermino`, local dates, both included; the same for mensagens."""
    since, until = _day(call, "datadecadastroinicio"), _day(call, "datadecadastrotermino")
    if since:
        where.add("criado >= ?", _midnight(account, since))
    if until:
        where.add("criado < ?", _midnight(account, until) + _DAY)


def _dates(account: Account, call: Call, where: Where) -> None:
    created(account, call, where)
    for name, sign in (("datadenascimentoinicio", ">="), ("datadenascimentotermino", "<=")):
        limit = _day(call, name)
        if limit:
            where.add(f"nascimento {sign} ?", limit.isoformat())


def _ages(account: Account, call: Call, where: Where) -> None:
    """Whole years of age today, in the account's zone."""
    today = moments.moment(account.now).astimezone(account.zone).date()
    age = "(? - CAST(substr(nascimento, 1, 4) AS INTEGER) - (substr(nascimento, 6) > ?))"
    for name, sign in (("idadeinicio", ">="), ("idadetermino", "<=")):
        wanted = call.query.get(name)
        if not wanted:
            continue
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 4):
            raise unprocessable(name)
        where.add(f"nascimento IS NOT NULL AND {age} {sign} ?", today.year, f"{today:%m-%d}", int(wanted))


def _birthdays(call: Call, where: Where) -> None:
    """Birthdays within a range of days of the year, which may span New Year."""
    since, until = _birthday(call, "aniversarioinicio"), _birthday(call, "aniversariotermino")
    if since and until and since > until:
        where.add("(substr(nascimento, 6) >= ? OR substr(nascimento, 6) <= ?)", since, until)
        return
    if since:
        where.add("substr(nascimento, 6) >= ?", since)
    if until:
        where.add("substr(nascimento, 6) <= ?", until)


def _birthday(call: Call, name: str) -> str | None:
    """dd/mm as mm-dd."""
    wanted = call.query.get(name)
    if not wanted:
        return None
    try:
        return f"{datetime.strptime(f'{wanted}/2000', '%d/%m/%Y'):%m-%d}"  # noqa: DTZ007 - a day of the year has no zone
    except ValueError:
        raise unprocessable(name) from None


def _day(call: Call, name: str) -> date | None:
    wanted = call.query.get(name)
    if not wanted:
        return None
    try:
        return moments.parse_date(wanted)
    except ValueError:
        raise unprocessable(name) from None


def _midnight(account: Account, day: date) -> int:
    return moments.instant(datetime(day.year, day.month, day.day, tzinfo=account.zone))
