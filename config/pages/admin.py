"""Console: third-party screens that we show our way, and those that we do not show at all."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client, Token
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_celery_beat import models as beat
from django_celery_beat.admin import (
    ClockedScheduleAdmin,
    CrontabScheduleAdmin,
    PeriodicTaskAdmin,
    PeriodicTaskForm,
    TaskSelectWidget,
)
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.kernel import schedule
from config.kernel.chores import task_word

# Addresses in clear, and clients that our services would know nothing of.
for _hidden in (EmailAddress, Client, Token):
    if admin.site.is_registered(_hidden):
        admin.site.unregister(_hidden)

# What allauth registers of itself: sessions, authenticators, tokens of social sign-in.
for _model_shown, _screen in list(admin.site._registry.items()):
    if type(_screen).__module__.startswith("allauth."):
        admin.site.unregister(_model_shown)

for _model in (
    beat.PeriodicTask,
    beat.IntervalSchedule,
    beat.CrontabSchedule,
    beat.SolarSchedule,
    beat.ClockedSchedule,
):
    admin.site.unregister(_model)


# What the library tells of a crontab; the list says it in the operator's language.
_IN_ENGLISH = "crontab_translation"


class _TaskSelect(UnfoldAdminSelectWidget, TaskSelectWidget):  # type: ignore[misc]
    """Registered tasks, in the console's own clothes."""


class _TaskForm(PeriodicTaskForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].widget = UnfoldAdminTextInputWidget()
        self.fields["regtask"].widget = _TaskSelect()


def _say_times(times: beat.CrontabSchedule) -> str:
    """Say the usual kinds of times in words, and others as the library does."""
    days = (times.day_of_week, times.day_of_month, times.month_of_year)
    if times.minute.isdecimal() and days == ("*", "*", "*"):
        if times.hour == "*":
            return _("every hour, at %(minute)s minutes past") % {"minute": int(times.minute)}
        if times.hour.isdecimal():
            at = f"{int(times.hour):02}:{int(times.minute):02}"
            return _("every day at %(time)s (%(zone)s)") % {"time": at, "zone": times.timezone}
    return str(times.human_readable)


@admin.register(beat.PeriodicTask)
class TaskAdmin(PeriodicTaskAdmin, ModelAdmin):  # type: ignore[misc]
    """What runs when. Operators may switch a task off or change its times."""

    form = _TaskForm
    # The library's own pages bring scripts and words that the console does not let in.
    change_form_template = "admin/change_form.html"
    change_list_template = "admin/change_list.html"
    date_hierarchy = None
    list_display = ("what", "enabled", "how_often", "last_run_at")
    list_display_links = ("what",)
    list_filter = ("enabled",)

    @admin.display(description=gettext_lazy("task"), ordering="name")
    def what(self, obj: beat.PeriodicTask) -> str:
        """Say what it does; what operators have added themselves goes by its name."""
        return task_word(obj.name)

    @admin.display(description=gettext_lazy("how often"))
    def how_often(self, obj: beat.PeriodicTask) -> str:
        """Say when it runs, as one would say it."""
        if obj.crontab:
            return _say_times(obj.crontab)
        return str(obj.interval or obj.solar or obj.clocked or "–")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [
            (title, {**told, "fields": [one for one in told["fields"] if one != _IN_ENGLISH]})
            for title, told in super().get_fieldsets(request, obj)
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep what the code declares: deleting a shared interval would take it along."""
        if obj is not None and obj.name in {entry.name for entry in schedule.entries()}:
            return False
        return bool(super().has_delete_permission(request, obj))


@admin.register(beat.IntervalSchedule)
class IntervalAdmin(ModelAdmin):  # type: ignore[misc]
    """Intervals that tasks run at."""


@admin.register(beat.CrontabSchedule)
class CrontabAdmin(CrontabScheduleAdmin, ModelAdmin):  # type: ignore[misc]
    """Times that tasks run at."""

    list_display = ("in_words", "timezone")

    @admin.display(description=gettext_lazy("when"))
    def in_words(self, obj: beat.CrontabSchedule) -> str:
        """Say the times, as one would say them."""
        return _say_times(obj)


@admin.register(beat.ClockedSchedule)
class ClockedAdmin(ClockedScheduleAdmin, ModelAdmin):  # type: ignore[misc]
    """Single moments that tasks run at."""
