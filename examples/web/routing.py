"""How a page and its form are put under one address.

A form is sent to an address of its own, or to that of the page that shows it. If the command is refused, the same page
comes again with what was typed and a sentence at each field; if not, the browser goes on to where the handler says.
"""

from collections.abc import Callable
from inspect import signature
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from examples.web.forms import Form
from examples.web.visitor import Visiting
from invoicecore.errors import InvoicecoreError

Handler = Callable[..., str | Response]


async def submitted(request: Request, visitor: Visiting) -> Form:
    """The form of a request. 403 if no page of ours sent it."""
    form = Form(request.url.path, await request.form(max_files=1, max_fields=300))
    if not visitor.sent(form.text("csrf")):
        raise HTTPException(403, "This form is too old. Load the page again.")
    return form


def post(router: APIRouter, path: str, page: Callable[..., Response]) -> Callable[[Handler], Handler]:
    """Handle the form of an address; `page` shows it again if it is refused. Both get the visitor and what the address
    names, the handler also the form."""

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
            response = RedirectResponse(went_on, 303)
            response.set_cookie("saved", "1", max_age=20, httponly=True, samesite="lax")
            return response

        router.post(path, include_in_schema=False, name=handler.__name__)(handle)
        return handler

    return decorate
