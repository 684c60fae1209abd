"""The command that starts the application."""

import os
from argparse import ArgumentParser

import uvicorn

from examples.web.app import make_app
from examples.web.house import House
from examples.web.seed import PASSWORD, SIGN_INS


def main() -> None:
    """Open the database, print who can sign in, and serve until somebody stops it."""
    parser = ArgumentParser(prog="python -m examples.web", description="A web application that bills for time.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--database", default=os.environ.get("DATABASE_URL", "sqlite:///studio.db"))
    given = parser.parse_args()
    house = House.at(given.database)
    who = "\n".join(f"  {name:<11}{email}" for name, email in SIGN_INS.items())
    print(f"http://{given.host}:{given.port}/ — sign in with the password {PASSWORD!r} as\n{who}", flush=True)
    uvicorn.run(make_app(house), host=given.host, port=given.port, log_level="warning", server_header=False)


if __name__ == "__main__":
    main()
