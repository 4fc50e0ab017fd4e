"""Paths of the mall's API, below /api/v1/."""

from config.kernel import api
from points.mall.api import views

urlpatterns = [
    api.route("mall/items", get=views.list_items),
    api.route("mall/items/<str:item>", get=views.get_item),
    api.route("mall/orders", get=views.find_orders, post=views.place_order),
    api.route("mall/orders/<str:order>", get=views.get_order),
    api.route("mall/orders/<str:order>/pay", post=views.pay),
    api.route("mall/orders/<str:order>/cancel", post=views.cancel),
    api.route("mall/orders/<str:order>/refund", post=views.refund),
    api.route("mall/orders/<str:order>/ship", post=views.ship),
    api.route("mall/orders/<str:order>/collect", post=views.collect),
    api.route("mall/orders/<str:order>/uncollect", post=views.uncollect),
    api.route("members/<str:member>/mall/orders", get=views.list_orders),
]
