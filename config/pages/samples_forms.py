"""What `/_ui/` shows of forms, lists, shelves and charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from config.pages import charts, fields, places
from config.pages.sampling import Sample

_LONG = "A title that nobody would write by hand but some import will surely bring along, 很长很长"


def all_samples() -> list[Sample]:
    """Return the samples of what pages are put together from."""
    return [*_fields(), *_forms(), *_lists(), *_shelves(), *_ways(), *_marks(), *_navigation()]


def _sample(component: str, state: str, values: Callable[[], Mapping[str, object]]) -> Sample:
    return Sample(component=component, state=state, values=values)


def _field(state: str, said: Callable[[], dict[str, Any]]) -> Sample:
    def values(uid: str) -> Mapping[str, object]:
        # A name of its own: radio buttons of one name are one choice in the whole page.
        return {"field": fields.by_hand(**{**said(), "uid": uid, "name": uid})}

    return Sample(component="field", state=state, values=values, wants_uid=True)


def _fields() -> list[Sample]:
    phone = {"name": "phone", "kind": "tel", "autocomplete": "off", "required": True}
    provinces = (("", "—"), ("zj", "浙江省"), ("js", "江苏省"))
    return [
        _field("empty, with a hint", lambda: {**phone, "label": _("Phone"), "hint": _hint()}),
        _field(
            "refused: the input kept, the remedy said",
            lambda: {**phone, "label": _("Phone"), "value": "138", "errors": _refused()},
        ),
        _field("optional", lambda: {"name": "nickname", "label": _("What we call you")}),
        _field(
            "several lines",
            lambda: {"name": "note", "kind": "textarea", "label": _("Note"), "rows": 3},
        ),
        _field(
            "a list to choose from",
            lambda: {
                "name": "province",
                "kind": "select",
                "label": _("Province"),
                "value": "zj",
                "choices": provinces,
                "required": True,
            },
        ),
        _field(
            "one of a few",
            lambda: {
                "name": "way",
                "kind": "radio",
                "label": _("Delivery"),
                "value": "post",
                "choices": (("post", _("By post")), ("shop", _("Picked up in the shop"))),
                "required": True,
            },
        ),
        _field(
            "yes or no",
            lambda: {
                "name": "default",
                "kind": "checkbox",
                "label": _("Use it every time"),
                "value": True,
            },
        ),
        _field(
            "yes or no, refused",
            lambda: {
                "name": "agreed",
                "kind": "checkbox",
                "label": _("I have read the terms."),
                "required": True,
                "errors": _("Please agree to the terms to become a member."),
            },
        ),
        _field("a day", lambda: {"name": "day", "kind": "date", "label": _("Birthday")}),
        _field(
            "locked",
            lambda: {
                "name": "kept",
                "label": _("Member number"),
                "value": "6746 2059 6896",
                "readonly": True,
                "required": True,
            },
        ),
    ]


def _hint() -> str:
    return _("We send a code to it.")


def _refused() -> str:
    return _(
        "This is not a phone number we can send to. Numbers from abroad start with + "
        "and the country code."
    )


class _SampleForm(forms.Form):
    receiver = forms.CharField()
    street = forms.CharField()

    def __init__(self, uid: str, data: dict[str, str] | None) -> None:
        super().__init__(data, auto_id=f"{uid}-%s")
        self.fields["receiver"].label = _("Receiver")
        self.fields["street"].label = _("Street and number")
        for name, field in self.fields.items():
            field.widget.attrs["uid"] = f"{uid}-{name}"
            field.error_messages["required"] = _("Please fill this in.")


def _form(uid: str, data: dict[str, str] | None, above: bool) -> Mapping[str, object]:
    form = _SampleForm(uid, data)
    if above:
        form.add_error(None, _("We could not save it: you have 20 addresses already."))
    return {"form": form, "action": "/_ui/", "back": "/_ui/"}


def _forms() -> list[Sample]:
    states: dict[str, tuple[dict[str, str] | None, bool]] = {
        "to be filled in": (None, False),
        "refused at a field": ({"receiver": "林小雨", "street": ""}, False),
        "refused as a whole": ({"receiver": "林小雨", "street": "南山路 1 号"}, True),
    }
    made = [
        Sample(
            component="form",
            state=state,
            values=partial(_form, data=data, above=above),
            wants_uid=True,
        )
        for state, (data, above) in states.items()
    ]
    count = {"name": "quantity", "value": 2, "most": 5}
    return [
        *made,
        _sample("stepper", "a number", lambda: {**count, "label": _("How many")}),
        _sample(
            "stepper",
            "more than there are",
            lambda: {
                **count,
                "value": 9,
                "label": _("How many"),
                "error": _("Only 5 are left."),
            },
        ),
    ]


def _lists() -> list[Sample]:
    orders = {"url": "/orders", "icon": "pages/icons/orders.html"}
    return [
        _sample("row", "leads somewhere", lambda: {**orders, "title": _("My orders")}),
        _sample(
            "row",
            "with words, a value and a badge",
            lambda: {
                **orders,
                "title": _("My orders"),
                "words": _("Each with the points it brought."),
                "badge": _("New"),
                "tone": "main",
                "value": "12",
            },
        ),
        _sample(
            "row", "only tells, long", lambda: {"title": _LONG, "words": _LONG, "value": "¥1,240"}
        ),
        _sample("back", "at the head of a page", lambda: {"url": "/me", "words": _("Back to Me")}),
        _sample(
            "heading",
            "of a section, with a way on",
            lambda: {"title": _("What changed"), "url": "/points", "action": _("All entries")},
        ),
        _sample(
            "pager",
            "older and newer",
            lambda: {
                "newest": "/points",
                "newest_words": _("Newest"),
                "older": "/points?before=1",
                "older_words": _("Older entries"),
            },
        ),
        _sample(
            "filters",
            "one chosen",
            lambda: {
                "label": _("Filter"),
                "filters": [
                    {"url": "/points", "title": _("All"), "here": True},
                    {"url": "/points?kind=earned", "title": _("Earned"), "here": False},
                    {"url": "/points?kind=expired", "title": _("Expired"), "here": False},
                ],
            },
        ),
    ]


def _shelves() -> list[Sample]:
    def cup(**more: object) -> Callable[[], Mapping[str, object]]:
        return lambda: {
            "url": "/_ui/",
            "name": "青瓷盖碗",
            "price": _("%(points)s points") % {"points": "1,200"},
            **{key: value() if callable(value) else value for key, value in more.items()},
        }

    return [
        _sample("product", "to be had", cup()),
        _sample("product", "new, cheaper", cup(badge=lambda: _("New"), tone="gold", was="1,500")),
        _sample("product", "long name", cup(name=_LONG)),
        _sample(
            "product",
            "sold out",
            cup(closed=True, badge=lambda: _("Sold out"), why=lambda: _("More come in December.")),
        ),
        _sample(
            "product",
            "not for this tier, and what would help",
            cup(
                closed=True,
                badge=lambda: _("From Gold"),
                why=lambda: (
                    _("%(amount)s more to %(tier)s") % {"amount": "¥1,240", "tier": _("Gold")}
                ),
            ),
        ),
        _sample("image", "there is none", dict),
        _sample("image", "a picture", lambda: {"src": "/static/favicon.svg", "alt": _("Changke")}),
    ]


def _ways() -> list[Sample]:
    def steps(here: int) -> Callable[[], Mapping[str, object]]:
        return lambda: {
            "steps": [
                {"title": title, "done": n < here, "here": n == here, "words": ""}
                for n, title in enumerate((_("Placed"), _("Paid"), _("Shipped"), _("Completed")))
            ]
        }

    months = (
        ("2026-06", "6", 320),
        ("2026-07", "7", 0),
        ("2026-08", "8", 1450),
        ("2026-09", "9", 40),
    )
    return [
        _sample("steps", "on its way", steps(2)),
        _sample("steps", "all done", steps(4)),
        _sample(
            "chart",
            "by month, one marked",
            lambda: {
                "chart": charts.bars(
                    months, title=_("Points that expire"), summary=_("By month"), marked=0
                )
            },
        ),
        _sample(
            "chart",
            "nothing yet",
            lambda: {
                "chart": charts.bars(
                    [(label, short, 0) for label, short, _value in months],
                    title=_("Points that expire"),
                    summary=_("By month"),
                )
            },
        ),
        _sample(
            "success",
            "something is done",
            lambda: {
                "title": _("Saved."),
                "words": _("Nothing else to do."),
                "url": "/_ui/",
                "action": _("Back to home"),
            },
        ),
    ]


def _marks() -> list[Sample]:
    tones = {
        "plain": lambda: _("Placed"),
        "main": lambda: _("New"),
        "gold": lambda: _("From Gold"),
        "good": lambda: _("Completed"),
        "warn": lambda: _("Ends soon"),
        "bad": lambda: _("Sold out"),
    }
    notices = {
        "info": lambda: _("You are signed in without a membership"),
        "good": lambda: _("Saved."),
        "warn": lambda: _("You are offline. What you see may be older; nothing is lost."),
        "bad": lambda: _("That did not work. Please try again in a moment; nothing was changed."),
    }
    return [
        *(
            _sample("badge", tone, lambda tone=tone, say=say: {"tone": tone, "words": say()})  # type: ignore[misc]
            for tone, say in tones.items()
        ),
        *(
            _sample(
                "notice",
                tone,
                lambda tone=tone, say=say: {  # type: ignore[misc]
                    "tone": tone,
                    "words": say(),
                    "url": "/_ui/",
                    "action": _("Show all"),
                },
            )
            for tone, say in notices.items()
        ),
    ]


def _navigation() -> list[Sample]:
    def shown() -> Mapping[str, object]:
        return {"places": places.list_places("points")}

    return [
        _sample("tabs", "below, up to 900 px", shown),
        _sample("rail", "beside, from 900 px", shown),
    ]
