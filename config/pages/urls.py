"""Addresses of the member center."""

from django.urls import path

from config.pages import views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("points", views.statement, name="statement"),
    path("points/<str:entry>", views.entry, name="entry"),
    path("orders", views.orders, name="orders"),
    path("orders/<str:order>", views.order, name="order"),
    path("tier", views.tier, name="tier"),
]
