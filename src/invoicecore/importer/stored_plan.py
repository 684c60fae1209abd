"""Plans as plain data that JSON can hold, and back."""

import json
from hashlib import blake2b
from typing import Any

from attrs import evolve

from invoicecore.importer.plans import Plan
from invoicecore.values import inputs


def dump_plan(plan: Plan) -> dict[str, Any]:
    """A plan as plain data, as `invoicecore.codec` writes it; with the whole file, if it was given as bytes."""
    from invoicecore.codec import dump_value  # loads cattrs, which nothing else here needs

    return dump_value(inputs.instance("plan", plan, Plan))


def load_plan(data: object) -> Plan:
    """The plan that `dump_plan` made the data of. InvalidInput, naming the place in the data, for anything else."""
    from invoicecore.codec import load_value

    return load_value(Plan, data)


def digest_of(plan: Plan) -> str:
    """What tells a plan from any other."""
    said = dump_plan(evolve(plan, file=evolve(plan.file, content=None)))  # its digest stands for it
    return blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=16).hexdigest()
