"""Addresses of the mall in the member center."""

from django.urls import path

from config.pages.mall import checkout, orders, shelf

app_name = "shop"
urlpatterns = [
    path("mall", shelf.items, name="items"),
    path("mall/items/<str:item>", shelf.item, name="item"),
    path("mall/items/<str:item>/order", checkout.checkout, name="checkout"),
    path("mall/orders", orders.orders, name="orders"),
    path("mall/orders/<str:order>", orders.order, name="order"),
    path("mall/orders/<str:order>/codes", orders.reveal, name="reveal"),
    path("mall/orders/<str:order>/cancel", orders.cancel, name="cancel"),
    path("mall/orders/<str:order>/received", orders.receive, name="receive"),
    path("mall/orders/<str:order>/pay", orders.pay, name="pay"),
]
