"""What the vendors' documents leave open, as data: every guess that the simulator makes stands here and can be flipped.

Guesses that are not worth a switch: searches ignore case; `status=ativos` means active and not unsubscribed; a
contact who unsubscribes is also inactive; wrong values of filters and fields that have no documented text are
answered with "Erro ao processar requisição. Detalhe(s): …"; a wrong key is answered with 401 `03-NAO-AUTORIZADO`; a
path or method that is not documented with 404 or 405; a message that a send refers to cannot be deleted; `remetente`
in a send's view has the shape of `mensagem`; a send whose audience has outgrown the credits is suspended instead of
started; people cost one credit each, taken when the send starts, and a scheduled send keeps as many reserved.

Of the other channels: failures are spread evenly over a bulk send; `progress` is the share tried so far, rounded down;
a cancelled one has no `completedAt`; status words are compared as they are; a message is SENT before it is DELIVERED
and READ; Mindo's `sent_count` is without those that failed; errors that no document has are `{"message", "code"}` at
Ogmma and those of Django's REST framework at Mindo, whose listings are of that form; a refused request does not count
towards a limit; bulk sends and messages that are still to be made do not show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

RESOURCES = ("campos", "contatos", "envios", "grupos", "mensagens", "remetentes")


class AssumptionError(ValueError):
    """An assumption that does not exist, or a value that it cannot take. The text says which and what it may be."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Every switchable guess about the live API, with the reading that the documents make likeliest as default."""

    embeds_anunciados: bool = True
    """Answers carry a top-level `embeds` with the names of the relations (recorded on GET /contatos, 2020)."""

    embeds_na_listagem: bool = True
    """Listings of contatos and grupos carry the relations that `embeds` asks for. Not documented."""

    recursos_em_30: tuple[str, ...] = ()
    """Resources whose listings ignore `number` and stay at 30 rows: the reference grants it "para alguns recursos"."""

    mais_novos_primeiro: tuple[str, ...] = ()
    """Resources whose listings begin with the newest record. The reference's example begins with an old one."""

    atraso_da_listagem: float = 0.0
    """Seconds for which a new record does not show in listings yet (it can be viewed by id at once)."""

    reescrever_html: bool = True
    """The html of a message is stored normalised: `<head>` added, CRLF, tags in lower case, attributes quoted."""

    tamanho_maximo_da_mensagem: int = 512_000
    """Largest html in bytes of UTF-8; beyond: "Tamanho de mensagem excedido." The reference gives no figure."""

    ja_enviada_ao_agendar: bool = False
    """A message counts as sent as soon as a send of it is scheduled, and not only when one starts."""

    segundos_em_criacao: float = 0.0
    """How long a new send stays "Em criação"."""

    minutos_de_passo: int = 1
    """Starts are kept in steps of so many minutes of the hour, rounded down (60: whole hours)."""

    contatos_por_segundo: float = 200.0
    """How fast a send goes out: it is "Enviando" for people / this many seconds."""

    codigo_fora_de_ordem: bool = False
    """Neighbouring sends get their `codigo` swapped: unique, but not strictly growing."""

    cancelar_durante_envio: bool = True
    """`cancelar` is allowed while "Enviando": those not reached yet are spared."""

    agir_em_criacao: bool = False
    """`pausar` and `cancelar` are allowed while "Em criação"."""

    envio_sem_destinatarios: bool = True
    """A send that reaches nobody is accepted."""

    lista_inativa_recebe: bool = True
    """Members of an inactive list are part of a send's audience."""

    inscrever_descadastrado: bool = False
    """An unsubscribed contact can be put on lists. If not: 401 `03-NAO-AUTORIZADO`, by analogy with `ativar`."""

    ignorar_ids_desconhecidos: bool = False
    """Calls on several lists skip the ids that do not exist. If not, one unknown id refuses the whole call."""

    limite_de_registros: int = 100
    """Most lists or fields in one call on a contact; beyond: "Limite de registros excedido." No figure is known."""

    ogmma_por_minuto: int = 60
    """Requests a minute that one key may make (0: any number). 60 is documented as the default of a key's own limit."""

    ogmma_retry_after: bool = False
    """429 names the seconds to wait in Retry-After. The documents say "em alguns segundos" only."""

    ogmma_offset_zero: bool = False
    """`pagination.offset` is always 0. If not, it is (page - 1) x limit. The only example is of page 1."""

    ogmma_ignora_page: bool = False
    """`page` is not looked at, as if only `offset` counted, which the answers have: every page is the first."""

    ogmma_alem_do_fim: str = "vazia"
    """A page past the end is empty, the last one once more ("ultima"), or refused with 404 ("recusa")."""

    ogmma_total: str = "certo"
    """`pagination.total` counts what the filter lets pass, everything ("sem_filtro"), or the page ("da_pagina")."""

    ogmma_recusa_parametro_errado: bool = False
    """Wrong values of `page`, `limit` and `status` are refused with 400. If not, they count as not given, a `limit`
    above the maximum as the maximum, and an unknown status finds nothing."""

    ogmma_mais_novos_primeiro: bool = False
    """Batches are listed newest first. In the example, the oldest comes first."""

    ogmma_mensagens_antigas_primeiro: bool = False
    """A conversation begins with its oldest message, so that `limit` cuts the newest off. Not so in the example."""

    ogmma_conversa_desconhecida_recusada: bool = False
    """A conversation that nobody knows is answered with 404, and not with an empty list. Neither is documented."""

    ogmma_falhas_toleradas: float = 0.02
    """Up to this share of failures a batch ends as COMPLETED, beyond as PARTIALLY_FAILED: in the example, 8 of 500."""

    ogmma_em_andamento: str = "IN_PROGRESS"
    """What a batch is called while it goes out, for a status that the documents do not have."""

    ogmma_numeros_como_texto: bool = False
    """Numbers come as texts."""

    ogmma_campos_a_mais: bool = False
    """Answers have fields that no document names."""

    ogmma_campos_nulos: tuple[str, ...] = ()
    """Fields of batches and messages that are always null."""

    ogmma_campos_ausentes: tuple[str, ...] = ()
    """Fields of batches and messages that are left out."""

    mindo_por_minuto: int = 0
    """Requests a minute that one key may make (0: any number). No limit is documented."""

    mindo_retry_after: bool = True
    """429 names the seconds to wait in Retry-After."""

    mindo_chave_errada_403: bool = False
    """A missing or wrong key is answered with 403 instead of 401. Neither is documented."""

    mindo_sem_barra: str = "redireciona"
    """The path without its last slash is redirected to the one with it (301), refused with 404 ("recusa"), or as good
    ("igual"): the document has it with the slash in its example, and without in its title."""

    mindo_page_size_maximo: int = 100
    """Largest `page_size`; beyond counts as this (0: none). The document has no maximum."""

    mindo_ignora_page: bool = False
    """`page` is not looked at: every page is the first."""

    mindo_alem_do_fim: str = "recusa"
    """A page past the end is refused with 404 "Invalid page.", is empty ("vazia"), or the last once more ("ultima")."""

    mindo_count: str = "certo"
    """`count` counts what the filters let pass, everything ("sem_filtro"), the page ("da_pagina"), or is 0 ("zero")."""

    mindo_next: str = "certo"
    """Where `next` and `previous` lead: to the same address; to one that the key must not follow them to ("https",
    "outro_host", "outra_porta", "com_usuario", "fora_da_base", "sem_esquema"); "relativo": no scheme, no host."""

    mindo_next_sem_fim: bool = False
    """The last page has a `next`, too."""

    mindo_recusa_parametro_errado: bool = True
    """Wrong values of filters are refused with 400. If not, they filter nothing."""

    mindo_datas_inclusas: bool = True
    """The days of `created_after` and `created_before` are themselves part of what is asked for."""

    mindo_dias_da_conta: bool = False
    """Those days are of the account's zone. If not, of UTC, in which times are answered."""

    mindo_mais_antigos_primeiro: bool = False
    """Bulk sends are listed oldest first. In the example, the newest comes first."""

    mindo_falhas_toleradas: float = 0.0
    """Up to this share of failures a bulk send ends as COMPLETED, beyond as PARTIAL, if all fail as FAILED."""

    mindo_em_andamento: str = "PROCESSING"
    """What a bulk send is called while it goes out, for a status that the document does not have."""

    mindo_numeros_como_texto: bool = False
    """Numbers come as texts."""

    mindo_campos_a_mais: bool = False
    """Answers have fields that no document names."""

    mindo_campos_nulos: tuple[str, ...] = ()
    """Fields of bulk sends that are always null."""

    mindo_campos_ausentes: tuple[str, ...] = ()
    """Fields of bulk sends that are left out."""

    def changed(self, wanted: Mapping[str, Any]) -> Assumptions:
        """These assumptions with `wanted` (names as here, values as in JSON) in their place.

        Raises:
            AssumptionError: for a name that does not exist or a value of another type.
        """
        known = {item.name: getattr(self, item.name) for item in fields(self)}
        unknown = sorted(set(wanted) - set(known))
        if unknown:
            raise AssumptionError(f"there is no assumption {unknown[0]!r}; there are: {', '.join(sorted(known))}")
        return replace(self, **{name: _checked(name, value, known[name]) for name, value in wanted.items()})

    def as_json(self) -> dict[str, Any]:
        """All of them, as JSON holds them."""
        return asdict(self)


_OF_RESOURCES = frozenset({"recursos_em_30", "mais_novos_primeiro"})
_CHOICES = {
    "ogmma_alem_do_fim": ("vazia", "ultima", "recusa"),
    "ogmma_total": ("certo", "sem_filtro", "da_pagina"),
    "mindo_sem_barra": ("redireciona", "recusa", "igual"),
    "mindo_alem_do_fim": ("recusa", "vazia", "ultima"),
    "mindo_count": ("certo", "sem_filtro", "da_pagina", "zero"),
    "mindo_next": (
        *("certo", "https", "outro_host", "outra_porta", "com_usuario", "fora_da_base", "sem_esquema"),
        "relativo",
    ),
}


def _checked(name: str, value: Any, default: object) -> Any:
    """`value` in the type of `default`."""
    if isinstance(default, tuple):
        return _texts(name, value)
    if isinstance(default, str):
        return _word(name, value)
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        raise AssumptionError(f"{name} is true or false; not {value!r}")
    whole = isinstance(default, int)
    if isinstance(value, int if whole else int | float) and not isinstance(value, bool) and value >= 0:
        return value
    raise AssumptionError(f"{name} is a {'whole ' if whole else ''}number, 0 or more; not {value!r}")


def _texts(name: str, value: Any) -> tuple[str, ...]:
    known = RESOURCES if name in _OF_RESOURCES else None
    if isinstance(value, list | tuple) and all(isinstance(item, str) and item in (known or (item,)) for item in value):
        return tuple(value)
    what = f"resources, some of {', '.join(known)}" if known else "names of fields"
    raise AssumptionError(f"{name} is a list of {what}; not {value!r}")


def _word(name: str, value: Any) -> str:
    known = _CHOICES.get(name)
    if isinstance(value, str) and value.strip() and (known is None or value in known):
        return value
    what = f"one of {', '.join(known)}" if known else "a text that is not empty"
    raise AssumptionError(f"{name} is {what}; not {value!r}")
