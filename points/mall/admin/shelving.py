"""Console: items written, edited, published and taken off the shelf."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import clock
from config.kernel.console import (
    ReadOnlyAdmin,
    Table,
    action,
    actor,
    ask,
    change,
    found_or_404,
    record_url,
    when,
)
from config.kernel.money import minor_digits
from members.programmes import selectors as programmes_selectors
from points.mall import models, services
from points.mall.admin import forms, wording
from points.mall.types import ItemDraft, ItemKind, Period

_SEEN = (
    *("points", "cash", "name_zh", "name_en", "limit_count", "limit_per", "tiers"),
    *("on_sale_from", "on_sale_until"),
)


class Shelving(ReadOnlyAdmin):
    """The buttons of an item's life on the screen of items."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.write_new)
        return [path("new/<int:programme_id>", view, name="mall_item_new"), *super().get_urls()]

    @action(title=gettext_lazy("New item"), path="new", icon="add")
    def new_item(self, request: HttpRequest) -> HttpResponse:
        programmes = programmes_selectors.list_programmes()
        if len(programmes) == 1:
            return HttpResponseRedirect(_new_url(programmes[0].id))

        def act(values: dict[str, Any]) -> HttpResponse:
            return HttpResponseRedirect(_new_url(int(values["programme"])))

        return ask(
            self,
            request,
            title=_("A new item"),
            form_class=forms.ProgrammeForm,
            act=act,
            done=_listing(),
            button=_("Go on"),
        )

    def write_new(self, request: HttpRequest, programme_id: int) -> HttpResponse:
        """Write down a new item of a programme."""

        def act(values: dict[str, Any]) -> HttpResponse:
            reason = values.pop("reason")
            item_id = services.create_item(
                programme_id=programme_id,
                draft=_draft(values),
                actor=actor(request),
                reason=reason,
                now=clock.now(),
            )
            return HttpResponseRedirect(record_url(models.Item, item_id))

        if programme_id not in {one.id for one in programmes_selectors.list_programmes()}:
            raise Http404
        with timezone.override(programmes_selectors.get_programme(programme_id).timezone):
            return ask(
                self,
                request,
                title=_("A new item"),
                form_class=forms.item_form(programme_id),
                initial={"ships": True, "tickets": 1, "sort": 100, "limit_per": Period.EVER.value},
                act=act,
                done=_listing(),
                explain=_("It is a draft first: give it pictures and stock, then publish it."),
                button=_("Keep as a draft"),
                preview=lambda values: _seen(values, programme_id),
                allowed=self.has_operate_permission(request),
            )

    @action(title=gettext_lazy("Edit"), path="edit", icon="edit")
    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item = found_or_404(self, request, object_id)

        def save(*, actor: str, reason: str, now: Any, **values: Any) -> list[str]:
            values["limit_per"] = Period(values["limit_per"])
            return services.change_item(
                item_id=item.pk, changes=values, actor=actor, reason=reason, now=now
            )

        with timezone.override(programmes_selectors.get_programme(item.programme_id).timezone):
            return change(
                self,
                request,
                item,
                title=_("Edit %(item)s") % {"item": wording.name(item)},
                form_class=forms.item_form(item.programme_id, fixed=forms.fixed_fields(item.kind)),
                initial=forms.opened(item, digits=minor_digits(wording.currency(item))),
                run=save,
                said=lambda changed: _("Saved.") if changed else _("Nothing was different."),
                explain=_("Orders that are made keep the price they were made at."),
                button=_("Save"),
                preview=lambda values: _seen(values, item.programme_id),
            )

    @action(title=gettext_lazy("Publish"), path="publish", icon="publish")
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item = found_or_404(self, request, object_id)
        return change(
            self,
            request,
            item,
            title=_("Publish %(item)s") % {"item": wording.name(item)},
            run=partial(services.publish_item, item_id=item.pk),
            said=_("It is on the shelf."),
            button=_("Publish"),
            tables=_seen({name: getattr(item, name) for name in _SEEN}, item.programme_id),
        )

    @action(title=gettext_lazy("Take off the shelf"), path="end", icon="remove_shopping_cart")
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item = found_or_404(self, request, object_id)
        return change(
            self,
            request,
            item,
            title=_("Take %(item)s off the shelf") % {"item": wording.name(item)},
            run=partial(services.end_item, item_id=item.pk),
            said=_("Members do not see it any more."),
            explain=_("Orders that are made are still delivered."),
            button=_("Take off the shelf"),
            dangerous=True,
        )


def _seen(values: dict[str, Any], programme_id: int) -> list[Table]:
    """Return what members will see of what is typed."""
    currency = programmes_selectors.get_programme(programme_id).currency
    count, per = values.get("limit_count"), values.get("limit_per") or Period.EVER
    begins, ends = values.get("on_sale_from"), values.get("on_sale_until")
    window = " – ".join(when(at) if at else "…" for at in (begins, ends))
    rows = [
        [_("Name"), f"{values.get('name_zh')} / {values.get('name_en')}"],
        [_("Price"), wording.price(values.get("points") or 0, values.get("cash") or 0, currency)],
        [_("Limit for each"), f"{count} {wording.periods()[per]}" if count else _("No limit")],
        [_("For"), ", ".join(values.get("tiers") or ()) or _("everybody")],
        [_("On sale"), window if begins or ends else _("Always")],
    ]
    return [Table(title=_("What members will see"), headers=[], rows=rows)]


def _draft(values: dict[str, Any]) -> ItemDraft:
    told = {name: values[name] for name in forms.DRAFT_FIELDS}
    told["kind"], told["limit_per"] = ItemKind(told["kind"]), Period(told["limit_per"])
    return ItemDraft(**told)


def _listing() -> str:
    return reverse("admin:mall_item_changelist")


def _new_url(programme_id: int) -> str:
    return reverse("admin:mall_item_new", args=[programme_id])
