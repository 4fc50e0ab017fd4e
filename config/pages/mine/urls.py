"""Addresses of what is the member's own."""

from django.urls import path

from config.pages.mine import addresses, balance, cards, profile, titles

app_name = "mine"
urlpatterns = [
    path("me/profile/avatar", profile.avatar, name="avatar"),
    path("me/profile/avatar/remove", profile.remove_avatar, name="remove_avatar"),
    path("me/profile/history", profile.history, name="history"),
    path("me/balance", balance.balances, name="balances"),
    path("me/balance/<slug:currency>", balance.balance, name="balance"),
    path("me/addresses", addresses.addresses, name="addresses"),
    path("me/addresses/new", addresses.add, name="add_address"),
    path("me/addresses/region", addresses.region, name="region"),
    path("me/addresses/streets", addresses.streets, name="streets"),
    path("me/addresses/<str:address>", addresses.change, name="address"),
    path("me/addresses/<str:address>/default", addresses.make_default, name="default_address"),
    path("me/addresses/<str:address>/remove", addresses.remove, name="remove_address"),
    path("me/cards", cards.cards, name="cards"),
    path("me/cards/new", cards.bind, name="bind_card"),
    path("me/cards/<str:card>/unbind", cards.unbind, name="unbind_card"),
    path("me/invoice-titles", titles.titles, name="titles"),
    path("me/invoice-titles/new", titles.add, name="add_title"),
    path("me/invoice-titles/<str:title>", titles.change, name="title"),
    path("me/invoice-titles/<str:title>/default", titles.make_default, name="default_title"),
    path("me/invoice-titles/<str:title>/remove", titles.remove, name="remove_title"),
]
