"""Who opens the admin, and its forms as a browser sends them: read from the page, changed, posted."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client

from catalog.models import Supplier


class Inputs(HTMLParser):
    """Collects what a browser would send of a page's inputs, by name. Buttons are not pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind = given.get("name"), given.get("type", "text")
        if tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.sent.setdefault(self.select, []).append(given.get("value") or "")
        elif kind in ("submit", "button") or (kind == "checkbox" and "checked" not in given):
            return
        elif tag == "input" and name:
            self.sent.setdefault(name, []).append(given.get("value", "on" if kind == "checkbox" else "") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = None


class Page:
    """A page with a form that somebody has open. `change` and `uncheck` are what the person does to it."""

    def __init__(self, client: Client, address: str, response: HttpResponse | None = None) -> None:
        self.client, self.address = client, address
        response = response or client.get(address)
        assert response.status_code == 200, response
        self.text = response.content.decode()
        inputs = Inputs()
        inputs.feed(self.text)
        self.sent: dict[str, Any] = inputs.sent

    def change(self, **values: str | list[str]) -> Page:
        self.sent.update(values)
        return self

    def uncheck(self, name: str) -> Page:
        del self.sent[name]
        return self

    def post(self) -> HttpResponse:
        return self.client.post(self.address, self.sent)

    def save(self) -> None:
        """Save, which must succeed."""
        response = self.post()
        assert response.status_code == 302, self.errors(response)

    def refused(self) -> Page:
        """Save, which must be refused; returns the page that is shown then."""
        response = self.post()
        assert response.status_code == 200, response
        return Page(self.client, self.address, response)

    @staticmethod
    def errors(response: HttpResponse) -> Any:
        return response.context["adminform"].form.errors


def sign_in(name: str, *permissions: str, supplier: Supplier | None = None) -> Client:
    """A staff person with these permissions; of a supplier, or of MediSupply itself and for all suppliers."""
    user = User.objects.create_user(name, is_staff=True)
    given = permissions if supplier else (*permissions, "all_suppliers")
    user.user_permissions.set(Permission.objects.filter(codename__in=given))
    if supplier:
        supplier.usuarios.add(user)
    client = Client(headers={"accept-language": "es"})
    client.force_login(user)
    return client
