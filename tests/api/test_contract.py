"""Random requests, right and wrong ones: what comes is what the description promises."""

import os
import sys
from collections import Counter
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as run_with
from hypothesis import strategies as some
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from pitchbar.api.document import openapi_document
from pitchbar.extensions import db
from tests.support.addresses import part_makers
from tests.support.factories import People, bearer, make_code, make_token
from tests.support.scans import make_scans

# CONTRACT_TIMES=10 tries ten times as much, for whoever changes the API.
TIMES = int(os.environ.get("CONTRACT_TIMES", "1"))
EXAMPLES = {GenerationMode.POSITIVE: 14 * TIMES, GenerationMode.NEGATIVE: 8 * TIMES}
# Where nothing is sent but an address and headers, there is less to be wrong.
FEW = {GenerationMode.POSITIVE: 6 * TIMES, GenerationMode.NEGATIVE: 3 * TIMES}
# Of each thing that an address leads to.
MANY = 40
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    allow_header_conformance,
]


@dataclass
class Tally:
    operations: int = 0
    cases: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        answers = ", ".join(f"{status}: {count}" for status, count in sorted(self.answers.items()))
        return (
            f"contract: {self.operations} operations, {self.cases} cases, "
            f"{len(self.failures)} failures ({answers})"
        )


@pytest.fixture
def known(app: Flask, people: People) -> dict[str, list[Any]]:
    """Parts of addresses that lead somewhere. Deleting uses them up, so there are many."""
    codes = [make_code(people.workspace) for _ in range(MANY)]
    for code in codes[:5]:
        make_scans(code, 7)
    for number in range(MANY):
        make_token(people.workspace, name=f"spare {number}")
    found: dict[str, list[Any]] = {
        "slug": [people.workspace.slug],
        "code_id": [code.id for code in codes],
        "token_id": list(range(1, MANY + 1)),
        "format": ["svg", "png"],
    }
    return found | make_further_parts(app, people, path_parameters(app) - set(found))


def path_parameters(app: Flask) -> set[str]:
    return {
        parameter["name"]
        for methods in openapi_document(app)["paths"].values()
        for operation in methods.values()
        for parameter in operation["parameters"]
        if parameter.get("in") == "path"
    }


def make_further_parts(app: Flask, people: People, names: set[str]) -> dict[str, list[Any]]:
    """What the features say themselves that these parts lead to."""
    found: dict[str, list[Any]] = {}
    for make_parts in part_makers() if names else ():
        first = make_parts(app, people)
        if wanted := names & set(first):
            made = [first, *(make_parts(app, people) for _ in range(MANY - 1))]
            found |= {name: [parts[name] for parts in made] for name in wanted}
    assert set(found) == names, "say in an address_parts.py what these lead to"
    return found


def try_operation(
    operation: Any, mode: GenerationMode, known: dict[str, list[Any]], key: str, tally: Tally
) -> None:
    has_more = list(operation.query) or list(operation.body)

    @seed(20)
    @run_with(
        max_examples=(EXAMPLES if has_more else FEW)[mode],
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), draw=some.data())
    def try_case(case: Case[Any], draw: some.DataObject) -> None:
        for name in case.path_parameters:
            # Mostly an address that is there, so that more than the address is tried.
            if draw.draw(some.sampled_from([True] * 9 + [False])):
                case.path_parameters[name] = draw.draw(some.sampled_from(known[name]))
        tally.cases += 1
        # A request of its own: nothing of the test's context may leak into it.
        # Its client reads no compressed answers.
        headers = {**bearer(key), "Accept-Encoding": "identity"}
        response = Context().run(case.call, headers=headers)
        tally.answers[response.status_code] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            tally.failures += [f"{operation.label}: {one}" for one in group.exceptions]

    try_case()


@pytest.mark.settings(tokens_per_workspace=1000)
def test_every_answer_is_as_described(
    app: Flask,
    people: People,
    known: dict[str, list[Any]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    key = make_token(people.workspace, name="the one in use")
    schema = schemathesis.openapi.from_dict(openapi_document(app))
    schema.app = app
    db.session.commit()
    tally = Tally()
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        tally.operations += 1
        for mode in EXAMPLES:
            try_operation(operation, mode, known, key, tally)
    with capsys.disabled():
        sys.stdout.write(f"\n{tally}\n")
    assert tally.failures == []
    assert tally.operations >= 12
    # Both what works and what does not was really tried.
    assert {200, 201, 204, 404, 422} <= set(tally.answers)
