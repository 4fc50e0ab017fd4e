"""Addresses of the kinds of member in the member center."""

from django.urls import path

from config.pages.kinds import applying, groups, overview

app_name = "kinds"
urlpatterns = [
    path("me/kinds", overview.kinds, name="kinds"),
    path("me/kinds/join", groups.join_by_hand, name="join_by_hand"),
    path("me/kinds/join/<str:code>", groups.join, name="join"),
    path("me/kinds/applications/<str:application>/withdraw", applying.withdraw, name="withdraw"),
    path("me/kinds/of/<slug:kind>", overview.kind, name="kind"),
    path("me/kinds/of/<slug:kind>/apply", applying.apply, name="apply"),
    path("me/kinds/of/<slug:kind>/leave", applying.leave, name="leave"),
    path("me/kinds/of/<slug:kind>/found", groups.found, name="found"),
    path("me/kinds/of/<slug:kind>/invite", groups.invite, name="invite"),
    path("me/kinds/of/<slug:kind>/revoke/<int:invitation>", groups.revoke, name="revoke"),
    path("me/kinds/of/<slug:kind>/remove/<str:member>", groups.remove, name="remove"),
    path("me/kinds/of/<slug:kind>/dissolve", groups.dissolve, name="dissolve"),
]
