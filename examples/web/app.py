"""The application: its rooms put together, and what is said when something is wrong."""

from pathlib import Path

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as StarletteHTTPException

from examples.web import api
from examples.web.guard import Guard
from examples.web.house import House
from examples.web.pages import clients, firm, invoices, people, projects, sign_in, work
from examples.web.visitor import SignInFirst, Visitor
from invoicecore import view, with_components
from invoicecore.errors import InvoicecoreError, PersonArchived, SignInRefused

ABSENT = "This page does not exist, or you may not see it."


def make_app(house: House) -> FastAPI:
    """The application of a house."""
    app = FastAPI(title="Billing for time", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.state.house = house
    app.add_middleware(Guard)
    for room in (sign_in, people, clients, projects, work, invoices, firm, api):
        app.include_router(room.router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    document = app.openapi
    app.openapi = lambda: with_components(document())  # type: ignore[method-assign]  # as FastAPI says to extend it
    app.exception_handler(SignInFirst)(_sign_in)
    app.exception_handler(InvoicecoreError)(_refused)
    app.exception_handler(StarletteHTTPException)(_failed)
    app.exception_handler(RequestValidationError)(_unreadable)
    app.exception_handler(Exception)(_broken)
    return app


def _sign_in(request: Request, error: SignInFirst) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse(view(SignInRefused(), Visitor(request).words.locale), 401)
    return RedirectResponse(Visitor(request).sign_in_path(), 303)


def _refused(request: Request, error: InvoicecoreError) -> Response:
    visitor = Visitor(request)
    if request.url.path.startswith("/api/"):
        return JSONResponse(view(error, visitor.words.locale), error.http_status)
    return _page(request, error.http_status, visitor.words.say(error), whole=not isinstance(error, PersonArchived))


def _failed(request: Request, error: HTTPException) -> Response:
    return _page(request, error.status_code, ABSENT if error.status_code == 404 else str(error.detail))


def _unreadable(request: Request, error: RequestValidationError) -> Response:
    return _page(request, 400, "This is not valid.")


def _broken(request: Request, error: Exception) -> Response:
    return PlainTextResponse("Something went wrong.", 500)


def _page(request: Request, status: int, sentence: str, *, whole: bool = True) -> Response:
    """A page that says what is wrong; for scripts, as JSON. A `whole` one has the navigation of whoever is signed in."""
    visitor = Visitor(request)
    visitor.status = status
    said = visitor.words(sentence) if whole else sentence
    if request.url.path.startswith("/api/"):
        return JSONResponse({"status": status, "message": said}, status)
    return visitor.page("error.html", sentence=said, whole=whole and visitor.session is not None)
