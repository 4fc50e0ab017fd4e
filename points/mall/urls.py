"""Where the mall's pictures lie."""

from django.urls import re_path

from points.mall import views

app_name = "mall"
urlpatterns = [
    re_path(
        r"^media/mall/(?P<name>[0-9a-f]{40}-(?:small|large)\.webp)$", views.picture, name="picture"
    )
]
