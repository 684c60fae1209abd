"""How a page and its forms are put under one address.

If the command of a form is refused, the page that has the form comes again, with what was typed and a sentence at each
field; if not, the browser goes on to where the handler says.
"""

from collections.abc import AsyncIterator, Callable
from inspect import signature
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from examples.web.forms import Form
from examples.web.visitor import Visiting
from invoicecore import Desk
from invoicecore.errors import InvoicecoreError

Handler = Callable[..., str | Response]


async def submitted(request: Request, visitor: Visiting) -> AsyncIterator[Form]:
    """The form of a request. 403 if no page of ours sent it."""
    async with request.form(max_files=1, max_fields=300) as data:
        form = Form(request.url.path, data)
        if not visitor.sent(form.text("csrf")):
            raise HTTPException(403, "This form is too old. Load the page again.")
        yield form


def post(router: APIRouter, path: str, page: Callable[..., Response]) -> Callable[[Handler], Handler]:
    """Handle the form of an address, which `page` shows. Both get the visitor and what the address names."""
    shown_by = signature(page).parameters

    def decorate(handler: Handler) -> Handler:
        def handle(visitor: Visiting, form: Annotated[Form, Depends(submitted)]) -> Response:
            named: dict[str, Any] = visitor.request.path_params
            visitor.form, form.words = form, visitor.words
            try:
                went_on = handler(visitor, form, **named)
            except InvoicecoreError as refused:
                visitor.status = form.refuse(refused)
                return page(visitor, **{name: it for name, it in named.items() if name in shown_by})
            if isinstance(went_on, Response):
                return went_on
            return saved(went_on)

        router.post(path, include_in_schema=False)(handle)
        router.get(path, include_in_schema=False)(page)  # the page again, for who loads a form's address
        return handler

    return decorate


def saved(to: str) -> Response:
    """On to another page, which says that this was done."""
    response = RedirectResponse(to, 303)
    response.set_cookie("saved", "1", max_age=20, httponly=True, samesite="lax")
    return response


def button(
    router: APIRouter, path: str, page: Callable[..., Response], to: str, call: Callable[[Desk, Form, Any], object]
) -> None:
    """Handle a form that is one call about the last thing that the address names."""

    def press(visitor: Visiting, form: Form, **named: str) -> str:
        call(visitor.desk, form, [*named.values()][-1])
        return to.format(**named)

    post(router, path, page)(press)
