"""Console: what outstanding points will cost, when they end, and whether the figures tie."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.decorators import action as unfold_action

from config.kernel import audit, clock, words
from config.kernel.console import ReadOnlyAdmin, actor, ask, programme_name
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Programme
from points import models, selectors, services
from points.admin import drawing, showing
from points.admin.costs import BandForm, CostForm
from points.admin.splitting import split_orders
from points.selectors.reporting import get_band

words.call(
    models.PointCost, gettext_lazy("cost of points"), gettext_lazy("points liability and cost")
)


@admin.register(models.PointCost)
class PointCostAdmin(ReadOnlyAdmin):
    """The liability, and the rows of what points cost."""

    nothing_yet = gettext_lazy("No cost is set: 100 points count as 100 minor units.")
    list_display = ("programme", "brand", "currency", "from_day", "per_points")
    ordering = ("programme_id", "brand_id", "-from_day")
    actions_list = ("see_liability",)

    @admin.display(description=gettext_lazy("programme"))
    def programme(self, obj: models.PointCost) -> str:
        return programme_name(obj.programme_id)

    @admin.display(description=gettext_lazy("brand"))
    def brand(self, obj: models.PointCost) -> str:
        return _brand_names(obj.programme_id).get(obj.brand_id or 0, _("All brands"))

    @admin.display(description=gettext_lazy("cost"))
    def per_points(self, obj: models.PointCost) -> str:
        currency = programmes_selectors.get_programme(obj.programme_id).currency
        return _("%(cost)s for %(points)s points") % {
            "cost": showing.money(obj.minor_units, currency),
            "points": f"{obj.points:,}",
        }

    def has_liability_permission(self, request: HttpRequest) -> bool:
        """Tell whether the liability may be seen."""
        return bool(request.user.has_perm("points.view_liabilityday"))

    @unfold_action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Liability"),
        url_path="to-liability",
        icon="monitoring",
        permissions=["liability"],
    )
    def see_liability(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(
            status=302, headers={"Location": reverse("admin:points_pointcost_liability")}
        )

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        mine = [
            path("liability", wrap(self.liability), name="points_pointcost_liability"),
            path("liability.csv", wrap(self.liability_csv), name="points_pointcost_csv"),
            path("orders.csv", wrap(self.orders_csv), name="points_pointcost_orders"),
            path("<int:programme_id>/cost", wrap(self.new_cost), name="points_pointcost_new"),
            path("<int:programme_id>/band", wrap(self.new_band), name="points_pointcost_band"),
        ]
        return [*mine, *super().get_urls()]

    def liability(self, request: HttpRequest) -> HttpResponse:
        """Show the liability of a programme as of a day."""
        self._may(request, "points.view_liabilityday")
        programme, as_of, wrong = _asked(request)
        found = selectors.get_liability(programme_id=programme.id, as_of=as_of)
        names = _brand_names(programme.id)
        query = f"?programme={programme.code}&as_of={as_of.isoformat()}"
        values = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Liability of points"),
            "programme": programme,
            "programmes": [
                (p.code, programme_name(p.id), p.id == programme.id)
                for p in programmes_selectors.list_programmes()
            ],
            "as_of": as_of,
            "wrong": wrong,
            "today": programme.local_day(clock.now()),
            "found": found,
            "rolled_up": f"{found.rolled_up:,}",
            "held": f"{found.ledger_points:,}",
            "tiles": drawing.tiles(found, programme),
            "ageing": [showing.ageing_row(part, programme.currency) for part in found.ageing],
            "ageing_chart": drawing.ageing_chart(found),
            "months": [
                showing.month_row(month, programme.currency)
                for month in reversed(found.months[-drawing.SHOWN_MONTHS :])
            ],
            "months_chart": drawing.months_chart(found),
            "brands": [
                showing.brand_row(part, names.get(part.brand_id, ""), programme.currency)
                for part in found.brands
            ],
            "ratios": [
                (
                    ratio.months,
                    f"{ratio.expired:,}",
                    f"{ratio.outstanding:,}",
                    drawing.percent(ratio.value),
                )
                for ratio in found.ratios
            ],
            "learned": drawing.learned(found),
            "lifetime": drawing.percent(found.lifetime_breakage),
            "inflation": drawing.inflation(found),
            "csv": reverse("admin:points_pointcost_csv") + query,
            "orders_csv": reverse("admin:points_pointcost_orders") + query,
            "may_export": request.user.has_perm("points.export_liability"),
            "may_set": self.has_operate_permission(request),
            "cost_url": reverse("admin:points_pointcost_new", args=[programme.id]),
            "band_url": reverse("admin:points_pointcost_band", args=[programme.id]),
            "costs_url": reverse("admin:points_pointcost_changelist"),
        }
        return render(request, "admin/points/liability.html", values)

    def liability_csv(self, request: HttpRequest) -> HttpResponse:
        """Export the same figures."""
        self._may(request, "points.export_liability")
        programme, as_of, wrong = _asked(request)
        if wrong:
            raise Http404
        found = selectors.get_liability(programme_id=programme.id, as_of=as_of)
        rows = showing.csv_rows(found, programme, _brand_names(programme.id))
        self._export(request, programme, "liability", as_of)
        return showing.as_csv(rows, name=f"liability-{programme.code}-{as_of.isoformat()}")

    def orders_csv(self, request: HttpRequest) -> HttpResponse:
        """Export how each order's price divides between its goods and its points (IFRS 15)."""
        self._may(request, "points.export_liability")
        programme, as_of, wrong = _asked(request)
        if wrong:
            raise Http404
        found = selectors.get_liability(programme_id=programme.id, as_of=as_of)
        self._export(request, programme, "ifrs15", as_of)
        name = f"ifrs15-{programme.code}-{as_of:%Y-%m}"
        rows = split_orders(programme, as_of, found.lifetime_breakage or Fraction(0))
        return showing.as_csv(rows, name=name, streamed=True)

    def new_cost(self, request: HttpRequest, programme_id: int) -> HttpResponse:
        """Ask what points cost from a day on."""
        if not self.has_operate_permission(request):
            raise PermissionDenied
        brands = _brand_names(programme_id)

        def form(*args: Any, **kwargs: Any) -> CostForm:
            made = CostForm(*args, **kwargs)
            named = [(str(key), name) for key, name in brands.items() if key]
            made.fields["brand"].choices = [("", _("All brands")), *named]  # type: ignore[attr-defined]
            return made

        def act(values: dict[str, Any]) -> str:
            services.set_cost(
                programme_id=programme_id,
                brand_id=values["brand"],
                from_day=values["from_day"],
                minor_units=values["minor_units"],
                points=values["points"],
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("Saved.")

        return ask(
            self,
            request,
            title=_("What points cost: %(programme)s")
            % {"programme": programme_name(programme_id)},
            form_class=form,
            initial={"from_day": _today(programme_id), "minor_units": 100, "points": 100},
            act=act,
            done=reverse("admin:points_pointcost_liability"),
            explain=_("Figures of earlier days keep the cost that was in force then."),
            allowed=self.has_operate_permission(request),
        )

    def new_band(self, request: HttpRequest, programme_id: int) -> HttpResponse:
        """Ask between which bounds issued ÷ redeemed should lie."""
        least, most = get_band(programme_id=programme_id)

        def act(values: dict[str, Any]) -> str:
            services.set_band(
                programme_id=programme_id,
                least=values["least"],
                most=values["most"],
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("Saved.")

        return ask(
            self,
            request,
            title=_("Band of issued ÷ redeemed"),
            form_class=BandForm,
            initial={"least": least, "most": most},
            act=act,
            done=reverse("admin:points_pointcost_liability"),
            explain=_("Once a month, three whole months outside of it raise an alarm."),
            allowed=self.has_operate_permission(request),
        )

    def _may(self, request: HttpRequest, permission: str) -> None:
        if not request.user.has_perm(permission):
            raise PermissionDenied

    def _export(self, request: HttpRequest, programme: Programme, what: str, day: date) -> None:
        audit.record(
            actor=actor(request),
            action=f"points.{what}_exported",
            target=f"programme:{programme.id}",
            after={"as_of": day.isoformat()},
            now=clock.now(),
        )


def _asked(request: HttpRequest) -> tuple[Programme, date, str]:
    """Return the programme and the day asked for, and what is wrong with the day."""
    code = request.GET.get("programme", "")
    programmes = programmes_selectors.list_programmes()
    if not programmes:
        raise Http404
    chosen = [p for p in programmes if p.code == code]
    programme = chosen[0] if chosen else programmes[0]
    today = programme.local_day(clock.now())
    text = request.GET.get("as_of", "")
    if not text:
        return programme, today, ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return programme, today, _("Write the day as 2026-11-30.")
    if day > today:
        return programme, today, _("This day is still to come; today is shown.")
    if day.year < 1990:
        return programme, today, _("There were no points then; today is shown.")
    return programme, day, ""


def _today(programme_id: int) -> date:
    return programmes_selectors.get_programme(programme_id).local_day(clock.now())


def _brand_names(programme_id: int) -> dict[int, str]:
    chinese = (get_language() or "").startswith("zh")
    found = programmes_selectors.list_brands(programme_id)
    return {0: _("Other"), **{b.id: b.name_zh if chinese else b.name_en for b in found}}
