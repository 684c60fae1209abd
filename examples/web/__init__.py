"""A web application for a firm that bills for time: every screen of it, for all four roles.

Start it from a checkout, on an embedded SQLite file with a firm to look at, and sign in as one of the four people that
it prints:

    pip install '.[web]' && python -m examples.web
    python -m examples.web --port 8080 --database sqlite:////tmp/studio.db
    DATABASE_URL=postgresql+psycopg://user@host/name python -m examples.web

A database without a firm gets one; a firm that is there stays as it is. `docs/howto/web-application.md` says what each
room is for.
"""
