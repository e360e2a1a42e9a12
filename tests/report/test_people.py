"""People in reports: masked, counted, and shown only to who asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from time import process_time

import pytest

from reconciler.engine.model import Action, Address, Blocked, Call, Change, Delta, Finding, Place, Severity
from reconciler.engine.plan import Plan
from reconciler.report import View, plan_document, plan_text
from reconciler.report.mask import Mask, masked_email


def contact(number: int) -> Change:
    """A contact whose city changes."""
    who = Address("contato", f"m{number}@exemplo.com.br")
    return Change(
        who,
        Action.SET_FIELDS,
        "campos not as declared",
        deltas=(Delta("campos", {"cidade": f"Santos {number}"}, {"cidade": "São Paulo"}),),
        calls=(Call("PUT", "/contatos/{id}/campos"),),
        live_id=f"c{number}",
    )


@pytest.mark.parametrize(
    ("email", "masked"),
    [
        ("maria@exemplo.com.br", "m***@exemplo.com.br"),
        ("m@exemplo.com.br", "m***@exemplo.com.br"),
        ('"a@b"@exemplo.org', '"***@exemplo.org'),
        ("@exemplo.org", "***@exemplo.org"),
        ("no address", "***"),
    ],
)
def test_masked_email(email: str, masked: str) -> None:
    """Of an e-mail the first letter and the domain stay; of what is none, nothing."""
    assert masked_email(email) == masked


def test_ten_thousand_contacts_stay_short_and_fast(view: View) -> None:
    """Many contacts are a few lines, made in well under a second; shown, each is listed, and that is quick as well."""
    plan = Plan("p", tuple(contact(number) for number in range(10_000)))
    started = process_time()
    text = plan_text(plan, view, command="apply")
    shown = plan_text(plan, replace(view, show_contacts=True), command="apply")
    assert process_time() - started < 3
    assert len(text.splitlines()) < 15
    assert "~ set-fields  10.000  m***@exemplo.com.br, …\n                        campos 10.000\n" in text
    assert len(set(re.findall(r"contato\.m\d+@", shown))) == 10_000


def test_aliases_stay_unique_when_hashes_collide(view: View) -> None:
    """Two contacts that look alike, with hashes that begin alike, still have different names in a document."""
    mask = Mask(Plan("p"), view)
    seen: dict[str, Address] = {}
    twins = None
    for number in range(400_000):
        address = Address("contato", f"m{number}@exemplo.org")
        other = seen.setdefault(mask.alias(address), address)
        if other is not address:
            twins = (other, address)
            break
    assert twins is not None
    plan = Plan("p", tuple(replace(contact(0), address=address) for address in twins))
    ids = [change["id"] for change in plan_document(plan, view)["changes"]]
    assert len(set(ids)) == 2


def test_an_alias_depends_on_the_salt(view: View) -> None:
    """Without the salt nobody can find out, by trying e-mails, whom a document is about."""
    address = Address("contato", "maria@exemplo.com.br")
    one, two = (Mask(Plan("p"), replace(view, salt=salt)).alias(address) for salt in (b"one", b"two"))
    assert one != two
    assert one.startswith("contato.m***@exemplo.com.br~")


def test_a_document_keeps_which_fields_change(plans: Mapping[str, Plan], view: View) -> None:
    """A contact's values are masked in a document, its fields, lists and activity are not."""
    create, subscribe, *_, fields = plan_document(plans["few-people"], view)["changes"]
    assert create["before"] == {"email": None, "nome": None, "data_de_nascimento": None}
    assert create["after"] == {"email": "***", "nome": "***", "data_de_nascimento": "***"}
    assert subscribe["after"] == {"listas": ["clientes-sp"]}
    assert subscribe["depends_on"] == [create["id"]]
    assert fields["after"] == {"campos": {"cidade": "***", "vip": "***"}}


def test_contacts_blocked_alike_are_one_item(view: View) -> None:
    """Thousands of contacts who opted out are one item with their number, unless contacts are shown."""
    people = [Address("contato", f"m{number}@exemplo.com.br") for number in range(3_000)]
    blocked = tuple(Blocked(each, Action.SUBSCRIBE, f"{each.key} has unsubscribed", "take it out") for each in people)
    text = plan_text(Plan("p", blocked=blocked), view, command="apply")
    assert "  3.000 contatos (m***@exemplo.com.br, …)  subscribe\n" in text
    assert text.count("has unsubscribed") == 1
    shown = plan_text(Plan("p", blocked=blocked), replace(view, show_contacts=True), command="apply")
    assert shown.count("has unsubscribed") == 3_000


def test_findings_with_a_place_do_not_quote_people(view: View) -> None:
    """The line of a file that a finding points at is left out when it may name a contact, and kept otherwise."""
    who = Address("contato", "maria@exemplo.com.br")
    line = "maria@exemplo.com.br;Maria Souza;Santos"
    place = Place("contatos/clientes.csv", 8, 1)
    about = Finding(Severity.WARNING, "rule", "odd contact", place=place, address=who, value="Maria", excerpt=line)
    unsure = replace(about, address=None, value=None, summary="odd line")
    send = replace(about, address=Address("envio", "a"), value=None, summary="odd send", excerpt="  mensagem: x")
    text = plan_text(Plan("p", warnings=(about, unsure, send)), view, command="apply")
    assert "Maria" not in text
    assert "maria@" not in text
    assert text.count("contatos/clientes.csv:8:1") == 3
    assert all(summary in text for summary in ("odd contact", "odd line", "odd send", "mensagem: x"))
    assert "envio.a: odd send" in text
    warnings = plan_document(Plan("p", warnings=(about,)), view)["warnings"]
    assert warnings[0]["value"] == "***"


def test_senders_are_no_secret(view: View) -> None:
    """The sender of a campaign is shown: only contacts are masked."""
    deltas = (Delta("remetente", "ola@loja.exemplo", "natal@loja.exemplo"),)
    change = Change(
        Address("envio", "a"), Action.REPLACE, "remetente is natal@loja.exemplo", deltas=deltas, live_id="e"
    )
    text = plan_text(Plan("p", (change,)), view, command="apply")
    assert text.count("natal@loja.exemplo") == 2
