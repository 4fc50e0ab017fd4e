"""The member center's pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html")


def statement(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html")


def entry(request: HttpRequest, entry: str) -> HttpResponse:
    return render(request, "pages/home.html")


def orders(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html")


def order(request: HttpRequest, order: str) -> HttpResponse:
    return render(request, "pages/home.html")


def tier(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html")
