"""What nobody but a person can say about a send, in words, with the command that takes the answer. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

from reconciler.engine.model import OPEN_OUTCOME, Action, Address, Blocked, Intent, Value
from reconciler.providers.criaenvio.envios.send import Send


def answer(address: Address, option: str) -> str:
    """The command that answers."""
    return f"reconciler resolve {address} {option}"


def asked(address: Address) -> str:
    """What a person has to find out about a send that was asked for and is not to be seen, and how to say it."""
    found, absent = answer(address, "--adopt ID"), answer(address, "--absent")
    return f"look for it in the vendor's screen. It is there: {found}. It is not: {absent}, and move its start"


def lead(start: Value, now: datetime, quiet: timedelta) -> bool:
    """Whether another attempt could still be settled by reading before the send would start."""
    return isinstance(start, datetime) and start.astimezone(UTC) - now > 2 * quiet


def start_of(intent: Intent, zone: tzinfo | None) -> datetime | None:
    """The start that an earlier run asked for (which the YAML may have moved since); None for `agora`."""
    text = intent.evidence["data_de_inicio"]
    return None if text == "agora" else datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=zone)


def unsettled(send: Send, action: Action) -> Blocked | None:
    """An earlier call for this send has an unknown outcome, and may still take effect."""
    intent, terms = send.scene.open_intent(send.case.address), send.scene.terms
    if intent is None or terms.now >= (settles := intent.at + terms.quiet):
        return None
    local = settles.astimezone(terms.now.tzinfo)
    reason = f"an earlier run does not know whether its call took effect; that is settled at {local:%H:%M:%S}"
    return _blocked(send, action, reason, "run it again then: what the account shows decides")


def unseen(send: Send) -> Blocked | None:
    """An earlier call for this send is not to be seen in the account, and it is too late to make another one safely."""
    intent, terms = send.scene.open_intent(send.case.address), send.scene.terms
    if intent is None or "mensagem" not in intent.evidence:
        return None
    if lead(start_of(intent, terms.now.tzinfo), terms.now, terms.quiet):
        return None
    reason = "an earlier run asked for it and heard nothing; the account does not show it, and its start is too near"
    return _blocked(send, Action.SCHEDULE, f"{reason} to try again safely", asked(send.case.address))


def _blocked(send: Send, action: Action, reason: str, remedy: str) -> Blocked:
    return replace(send.case.block(action, reason, remedy), rule=OPEN_OUTCOME)
