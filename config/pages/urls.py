"""Addresses of the member center."""

from django.urls import path

from config.pages import me, orders, showcase, views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("panels/<slug:slug>", views.panel, name="panel"),
    path("points", views.statement, name="statement"),
    path("points/<str:entry>", views.entry, name="entry"),
    path("orders", orders.orders, name="orders"),
    path("orders/<str:order>", orders.order, name="order"),
    path("tier", views.tier, name="tier"),
    path("me", me.me, name="me"),
    path("code", me.code, name="code"),
    path("_ui/", showcase.showcase, name="showcase"),
]
