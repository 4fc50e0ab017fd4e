"""The member's bank cards: bound and unbound after a fresh second proof."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.kernel import ids
from config.kernel.errors import DomainError
from config.pages.mine import wording
from config.pages.visitors import Visitor, member_page
from members import services as members_services
from members.belongings import selectors, services
from members.belongings.types import MOST_CARDS


class CardForm(forms.Form):
    """A card as it is typed off."""

    number = forms.CharField(
        label=gettext_lazy("Card number"),
        widget=forms.TextInput(
            attrs={"autocomplete": "cc-number", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )
    holder = forms.CharField(
        label=gettext_lazy("Cardholder"),
        required=False,
        help_text=gettext_lazy("As it stands on the card, where it does."),
        widget=forms.TextInput(attrs={"autocomplete": "cc-name"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].error_messages["required"] = wording.refusal("number", "missing")


@require_safe
@member_page
def cards(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the member's cards by their last four digits."""
    found = selectors.list_cards(member_ids=visitor.member_ids)
    values = {
        "cards": [{"is": card, "brand": wording.brand(card.brand)} for card in found],
        "most": MOST_CARDS,
        "full": len(found) >= MOST_CARDS,
    }
    return render(request, "pages/mine/cards.html", values)


@sensitive_post_parameters("number", "holder")
@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def bind(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Bind a card. The proof is asked for first, so that nothing typed is lost."""
    _step_up(request, visitor)
    form = CardForm(request.POST if request.method == "POST" else None)
    if form.is_bound and _bind(form, visitor):
        messages.success(request, _("The card is bound."))
        return redirect("mine:cards")
    status = 422 if form.errors else 200
    return render(request, "pages/mine/card.html", {"form": form}, status=status)


@require_POST
@member_page
def unbind(request: HttpRequest, visitor: Visitor, card: str) -> HttpResponse:
    """Forget a card."""
    place = ids.decode("crd", card)
    if place.member_id not in visitor.member_ids:
        raise Http404
    _step_up(request, visitor)
    services.unbind_card(
        member_id=place.member_id, card_id=place.row_id, actor=_actor(visitor), now=visitor.now
    )
    messages.success(request, _("The card is unbound, and its number forgotten."))
    return redirect("mine:cards")


def _bind(form: CardForm, visitor: Visitor) -> bool:
    form.is_valid()
    try:
        services.bind_card(
            member_id=visitor.member.id,
            number=form["number"].value() or "",
            holder=form["holder"].value() or "",
            actor=_actor(visitor),
            now=visitor.now,
        )
    except services.FieldsRefusedError as refused:
        wording.put(form, refused)
    except services.CardTakenError:
        form.add_error("number", _("You have bound this card already."))
    except DomainError as refused:
        form.add_error(None, wording.said(refused))
    else:
        return True
    return False


def _step_up(request: HttpRequest, visitor: Visitor) -> None:
    members_services.require_step_up(
        session=request.session, user_id=int(request.user.pk or 0), now=visitor.now
    )


def _actor(visitor: Visitor) -> str:
    return f"member:{visitor.member.public_id}"
