"""Who the members are: identity, contact points, identities on other channels."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    label = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        from config.kernel import grants, merging, rooms
        from members import board, privacy, requests, seconding
        from members.services import consenting
        from members.services.joining import part

        privacy.declare()
        post_migrate.connect(consenting.begin, sender=self, dispatch_uid="members.purposes")
        board.register()
        requests.register()
        merging.register(part())
        seconding.register()
        grants.append_only("members_accessrecord")
        rooms.register(
            rooms.Room(
                slug="privacy",
                page="me",
                order=60,
                url_name="members:privacy",
                title=_("Privacy"),
                words=_("What is held about you, copies, leaving"),
                icon="pages/icons/lock.html",
            )
        )
        rooms.register(
            rooms.Room(
                slug="security",
                page="me",
                order=50,
                url_name="members:security",
                title=_("Account security"),
                words=_("Ways in, second proof, devices"),
                icon="pages/icons/shield.html",
            )
        )
