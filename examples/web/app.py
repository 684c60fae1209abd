"""The application: its rooms put together, and what is said when something is wrong."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from examples.web import api
from examples.web.guard import Guard
from examples.web.house import House
from examples.web.pages import charges, clients, firm, invoices, people, projects, sign_in, work
from examples.web.visitor import SignInFirst, Visitor
from invoicecore import view, with_components
from invoicecore.errors import InvoicecoreError, PersonArchived, SignInRefused

ABSENT = "This page does not exist, or you may not see it."


def make_app(house: House) -> FastAPI:
    """The application of a house."""
    app = FastAPI(title="Billing for time", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.state.house = house
    app.add_middleware(Guard)
    for room in (sign_in, people, clients, projects, work, charges, invoices, firm, api):
        app.include_router(room.router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    document = app.openapi
    app.openapi = lambda: with_components(document())  # type: ignore[method-assign]  # as FastAPI says to extend it
    for kind in (SignInFirst, InvoicecoreError, HTTPException, RequestValidationError):
        app.exception_handler(kind)(_wrong)
    app.exception_handler(Exception)(lambda request, error: PlainTextResponse("Something went wrong.", 500))
    return app


def _wrong(request: Request, error: Exception) -> Response:
    """A page that says what is wrong; for scripts, as JSON."""
    visitor, is_json = Visitor(request), request.url.path.startswith("/api/")
    words, shown = visitor.words, None
    if isinstance(error, SignInFirst):
        if "hx-request" in request.headers:  # not a part of a page, but all of another one
            return Response(headers={"HX-Redirect": "/sign-in"})
        if not is_json:
            return RedirectResponse(visitor.sign_in_path(), 303)
        error = SignInRefused()
    if isinstance(error, InvoicecoreError):
        visitor.status, said, shown = error.http_status, words.say(error), view(error, words.locale)
    else:
        visitor.status = getattr(error, "status_code", 400)
        said = words(ABSENT if visitor.status == 404 else str(getattr(error, "detail", "This is not valid.")))
    if is_json:
        return JSONResponse(shown or {"status": visitor.status, "message": said}, visitor.status)
    is_known = visitor.session is not None and not isinstance(error, PersonArchived)
    return visitor.page("error.html", sentence=said, whole=is_known)
