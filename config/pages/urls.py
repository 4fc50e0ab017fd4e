"""Addresses of the member center."""

from django.urls import path

from config.pages import benefits, exchange, inbox, me, orders, showcase, statement, themes, views
from config.pages.mine import profile

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("panels/<slug:slug>", views.panel, name="panel"),
    path("benefits", benefits.benefits, name="benefits"),
    path("tier", benefits.tier, name="tier"),
    path("exchange", exchange.exchange, name="exchange"),
    path("exchange/<str:entry>", exchange.done, name="exchanged"),
    path("points", statement.statement, name="statement"),
    path("points/<str:entry>", statement.entry, name="entry"),
    path("messages", inbox.messages, name="messages"),
    path("me", me.me, name="me"),
    path("me/profile", profile.profile, name="profile"),
    path("orders", orders.orders, name="orders"),
    path("orders/<str:order>", orders.order, name="order"),
    path("code", me.code, name="code"),
    path("theme", themes.choose, name="theme"),
    path("_ui/", showcase.showcase, name="showcase"),
    path("_ui/blank", showcase.blank, name="blank"),
]
