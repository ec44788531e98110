"""Every entity over HTTP: reading, writing, what is not valid, what refers to what. Each test has its own database."""

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr, ValidationError

from app.core.config import Settings
from app.main import create_app

Values = dict[str, Any]

KEY = "a key for tests only"
BEYOND = 2**31 - 1


def day(number: int) -> str:
    return (dt.date(2024, 1, 1) + dt.timedelta(days=number)).isoformat()


def moment(number: int) -> str:
    return f"{day(number)}T12:00:00Z"


@dataclass(frozen=True)
class Entity:
    """What the tests know of an entity; `sample` gives other values for every number, without references."""

    path: str
    sample: Callable[[int], Values]
    required: tuple[str, ...] = ()
    minimal: tuple[str, ...] = ()
    defaults: Values = field(default_factory=dict)
    unique: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    references: dict[str, str] = field(default_factory=dict)
    invalid: tuple[tuple[str, Any], ...] = ()
    breaks_rules: tuple[Callable[[int], Values], ...] = ()


ENTITIES = {
    {{entities}}
}

EVERY = tuple(ENTITIES)
REFERENCES = tuple((name, column) for name, entity in ENTITIES.items() for column in entity.references)
REQUIRED = tuple((name, column) for name, entity in ENTITIES.items() for column in entity.required)
UNIQUE = tuple((name, column) for name, entity in ENTITIES.items() for column in entity.unique)
FILTERS = tuple((name, column) for name, entity in ENTITIES.items() for column in entity.filters)
INVALID = tuple((name, column, value) for name, entity in ENTITIES.items() for column, value in entity.invalid)
BROKEN_RULES = tuple((name, broken) for name, entity in ENTITIES.items() for broken in entity.breaks_rules)


class World:
    """A client, and a maker of what tests need to be there."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))

    def values(self, name: str) -> Values:
        """Valid values of a new one. What it has to refer to is made before."""
        entity = ENTITIES[name]
        needed = {column: target for column, target in entity.references.items() if column in entity.required}
        references = {column: self.new(target)["id"] for column, target in needed.items()}
        return entity.sample(next(self.numbers[name])) | references

    def new(self, name: str, **changes: Any) -> Values:
        response = self.client.post(ENTITIES[name].path, json=self.values(name) | changes)
        assert response.status_code == 201, response.text
        return response.json()

    def all(self, name: str, **filters: Any) -> list[Values]:
        response = self.client.get(ENTITIES[name].path, params={"limit": 100, **filters})
        assert response.status_code == 200, response.text
        return response.json()["items"]

    def read(self, name: str, identifier: int) -> Values | None:
        """None when it does not exist."""
        response = self.client.get(f"{ENTITIES[name].path}/{identifier}")
        assert response.status_code in (200, 404), response.text
        return response.json() if response.status_code == 200 else None


def settings(**given: Any) -> Settings:
    """Settings for tests: what the environment says must not matter."""
    chosen: Values = {
        "environment": "test",
        "database_url": "sqlite://",
        "create_tables": True,
        "api_key": SecretStr(KEY),
        "allowed_hosts": ["*"],
        "cors_origins": [],
    }
    return Settings(**{"_env_file": None, **chosen, **given})


@pytest.fixture(scope="module")
def application() -> FastAPI:
    """One for all tests: its routes never change, and making them takes longer than most tests."""
    return create_app(settings())


@pytest.fixture
def world(application: FastAPI) -> Iterator[World]:
    # The end of a client disposes of the engine, and with it of the database in memory: the next begins with an empty one.
    with TestClient(application, headers={"X-API-Key": KEY}) as client:
        yield World(client)


def assert_error(response: Any, status: int, field_name: str | None = None) -> None:
    """Errors have one form; one of a field names it."""
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert error["message"]
    if field_name is not None:
        fields = [detail["field"] for detail in error["details"]]
        assert any(field.split(".")[:2] == ["body", field_name] for field in fields), fields


# Reading and writing


@pytest.mark.parametrize("name", EVERY)
def test_what_is_created_can_be_read(world: World, name: str) -> None:
    values = world.values(name)
    response = world.client.post(ENTITIES[name].path, json=values)
    assert response.status_code == 201, response.text
    created = response.json()
    assert {column: created[column] for column in values} == values
    assert created["created_at"] <= created["updated_at"]
    assert world.read(name, created["id"]) == created


@pytest.mark.parametrize("name", EVERY)
def test_what_is_optional_may_be_left_out(world: World, name: str) -> None:
    entity = ENTITIES[name]
    needed = entity.required + entity.minimal
    values = {column: value for column, value in world.values(name).items() if column in needed}
    response = world.client.post(entity.path, json=values)
    assert response.status_code == 201, response.text
    expected = {column: value for column, value in entity.defaults.items() if column not in values}
    assert {column: response.json()[column] for column in expected} == expected


@pytest.mark.parametrize("name", EVERY)
def test_a_list_has_pages(world: World, name: str) -> None:
    identifiers = [world.new(name)["id"] for _ in range(3)]
    whole = world.client.get(ENTITIES[name].path).json()
    assert [item["id"] for item in whole["items"]] == identifiers
    assert (whole["total"], whole["limit"], whole["offset"]) == (3, 20, 0)
    part = world.client.get(ENTITIES[name].path, params={"limit": 1, "offset": 1}).json()
    assert [item["id"] for item in part["items"]] == identifiers[1:2]
    assert (part["total"], part["limit"], part["offset"]) == (3, 1, 1)
    assert part["items"][0] == world.read(name, identifiers[1])


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"no_such_filter": 1}])
@pytest.mark.parametrize("name", EVERY)
def test_a_page_that_makes_no_sense_is_refused(world: World, name: str, params: Values) -> None:
    assert_error(world.client.get(ENTITIES[name].path, params=params), 422)


@pytest.mark.parametrize(("name", "column"), FILTERS)
def test_a_list_can_be_filtered(world: World, name: str, column: str) -> None:
    for _ in range(4):
        world.new(name)
    everything = world.all(name)
    wanted = everything[0][column]
    expected = [item for item in everything if item[column] == wanted]
    assert world.all(name, **{column: wanted}) == expected
    assert len(expected) < len(everything)


@pytest.mark.parametrize("name", EVERY)
def test_an_update_changes_what_is_sent(world: World, name: str) -> None:
    before, other = world.new(name), world.new(name)
    changes = world.values(name)
    response = world.client.patch(f"{ENTITIES[name].path}/{before['id']}", json=changes)
    assert response.status_code == 200, response.text
    after = world.read(name, before["id"])
    assert after == response.json()
    assert {column: after[column] for column in changes} == changes
    assert after["id"] == before["id"] and after["created_at"] == before["created_at"]
    assert world.read(name, other["id"]) == other


@pytest.mark.parametrize("name", EVERY)
def test_an_empty_update_changes_nothing(world: World, name: str) -> None:
    before = world.new(name)
    response = world.client.patch(f"{ENTITIES[name].path}/{before['id']}", json={})
    assert response.status_code == 200, response.text
    assert world.read(name, before["id"]) == before


@pytest.mark.parametrize("name", EVERY)
def test_what_is_deleted_is_gone_and_nothing_else(world: World, name: str) -> None:
    first, second = world.new(name), world.new(name)
    response = world.client.delete(f"{ENTITIES[name].path}/{first['id']}")
    assert (response.status_code, response.content) == (204, b"")
    assert world.read(name, first["id"]) is None
    assert world.all(name) == [second]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("name", EVERY)
def test_what_does_not_exist_is_not_found(world: World, name: str, method: str) -> None:
    body = {} if method == "PATCH" else None
    assert_error(world.client.request(method, f"{ENTITIES[name].path}/{BEYOND}", json=body), 404)
    for identifier in (0, 2**70, "x"):
        assert_error(world.client.request(method, f"{ENTITIES[name].path}/{identifier}", json=body), 422)


# What is not valid


@pytest.mark.parametrize(("name", "column"), REQUIRED)
def test_what_is_required_cannot_be_missing(world: World, name: str, column: str) -> None:
    values = world.values(name)
    without = {key: value for key, value in values.items() if key != column}
    assert_error(world.client.post(ENTITIES[name].path, json=without), 422, column)
    assert_error(world.client.post(ENTITIES[name].path, json=values | {column: None}), 422, column)
    assert world.all(name) == []
    stored = world.new(name)
    path = f"{ENTITIES[name].path}/{stored['id']}"
    assert_error(world.client.patch(path, json={column: None}), 422, column)
    assert world.read(name, stored["id"]) == stored


@pytest.mark.parametrize(("name", "column", "value"), INVALID)
def test_an_invalid_value_is_refused(world: World, name: str, column: str, value: Any) -> None:
    stored = world.new(name)
    values = world.values(name) | {column: value}
    assert_error(world.client.post(ENTITIES[name].path, json=values), 422, column)
    assert_error(world.client.patch(f"{ENTITIES[name].path}/{stored['id']}", json={column: value}), 422, column)
    assert world.all(name) == [stored]


@pytest.mark.parametrize("name", EVERY)
def test_an_unknown_field_is_refused(world: World, name: str) -> None:
    stored = world.new(name)
    values = world.values(name) | {"no_such_field": 1}
    assert_error(world.client.post(ENTITIES[name].path, json=values), 422, "no_such_field")
    path = f"{ENTITIES[name].path}/{stored['id']}"
    assert_error(world.client.patch(path, json={"no_such_field": 1}), 422, "no_such_field")
    assert_error(world.client.patch(path, json={"id": BEYOND}), 422, "id")


@pytest.mark.parametrize("name", EVERY)
def test_a_body_that_is_no_object_is_refused(world: World, name: str) -> None:
    for body in (b"", b"[]", b"{", b'{"x": NaN}', b"\xff"):
        response = world.client.post(ENTITIES[name].path, content=body, headers={"Content-Type": "application/json"})
        assert_error(response, 422 if body != b"\xff" else response.status_code)
        assert 400 <= response.status_code < 500
    assert world.all(name) == []


@pytest.mark.parametrize(("name", "column"), UNIQUE)
def test_what_is_unique_is_there_once(world: World, name: str, column: str) -> None:
    target = ENTITIES[name].references.get(column)
    given = {} if target is None else {column: world.new(target)["id"]}
    first, second = world.new(name, **given), world.new(name)
    before = world.all(name)
    values = world.values(name) | {column: first[column]}
    assert_error(world.client.post(ENTITIES[name].path, json=values), 409)
    path = f"{ENTITIES[name].path}/{second['id']}"
    assert_error(world.client.patch(path, json={column: first[column]}), 409)
    assert world.all(name) == before


@pytest.mark.parametrize(("name", "broken"), BROKEN_RULES)
def test_a_rule_holds_for_new_and_for_changed(world: World, name: str, broken: Callable[[int], Values]) -> None:
    stored = world.new(name)
    changes = broken(1)
    assert_error(world.client.post(ENTITIES[name].path, json=world.values(name) | changes), 422)
    assert_error(world.client.patch(f"{ENTITIES[name].path}/{stored['id']}", json=changes), 422)
    assert world.all(name) == [stored]


# What refers to what


@pytest.mark.parametrize(("name", "column"), REFERENCES)
def test_a_reference_leads_to_what_exists(world: World, name: str, column: str) -> None:
    stored = world.new(name)
    values = world.values(name) | {column: BEYOND}
    assert_error(world.client.post(ENTITIES[name].path, json=values), 422, column)
    path = f"{ENTITIES[name].path}/{stored['id']}"
    assert_error(world.client.patch(path, json={column: BEYOND}), 422, column)
    assert world.all(name) == [stored]


@pytest.mark.parametrize(("name", "column"), REFERENCES)
def test_a_reference_can_be_changed_and_searched(world: World, name: str, column: str) -> None:
    target = world.new(ENTITIES[name].references[column])["id"]
    world.new(name)
    first, second = world.new(name), world.new(name)
    response = world.client.patch(f"{ENTITIES[name].path}/{first['id']}", json={column: target})
    assert response.status_code == 200, response.text
    assert response.json()[column] == target
    assert [item["id"] for item in world.all(name, **{column: target})] == [first["id"]]
    assert world.read(name, second["id"]) == second


@pytest.mark.parametrize(("name", "column"), REFERENCES)
def test_what_is_referred_to_stays_or_is_let_go(world: World, name: str, column: str) -> None:
    entity = ENTITIES[name]
    target_name = entity.references[column]
    target = world.new(target_name)["id"]
    stored = world.new(name, **{column: target})
    response = world.client.delete(f"{ENTITIES[target_name].path}/{target}")
    if column in entity.required:
        assert_error(response, 409)
        assert world.read(target_name, target) is not None
        assert world.read(name, stored["id"]) == stored
    else:
        assert response.status_code == 204, response.text
        assert world.read(name, stored["id"]) == stored | {column: None}


# The application


@pytest.mark.parametrize("name", EVERY)
def test_without_the_key_nothing_can_be_read_or_written(world: World, name: str) -> None:
    stored = world.new(name)
    path = ENTITIES[name].path
    for given in ("", "another key", "schlüssel".encode()):
        headers = {"X-API-Key": given}
        requests = [("POST", path), ("GET", path)]
        requests += [(method, f"{path}/{stored['id']}") for method in ("GET", "PATCH", "DELETE")]
        for method, target in requests:
            body = world.values(name) if method == "POST" else {} if method == "PATCH" else None
            assert_error(world.client.request(method, target, json=body, headers=headers), 401)
    assert world.read(name, stored["id"]) == stored


def test_the_documentation_lists_every_route(world: World) -> None:
    paths = world.client.get("/openapi.json").json()["paths"]
    for entity in ENTITIES.values():
        assert set(paths[entity.path]) == {"get", "post"}
        for status in ("401", "404", "409", "422"):
            schema = paths[entity.path]["post"]["responses"][status]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/ErrorAnswer"}
        assert set(paths[entity.path + "/{identifier}"]) == {"get", "patch", "delete"}


def test_health_needs_no_key_and_answers_carry_headers(world: World) -> None:
    response = world.client.get("/health", headers={"X-API-Key": ""})
    assert response.json() == {"status": "ok"}
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"


def test_unknown_paths_and_methods_are_answered_in_the_form_of_errors(world: World) -> None:
    assert_error(world.client.get("/no/such/path"), 404)
    assert_error(world.client.delete("/health"), 405)


def test_an_unexpected_error_gives_nothing_away() -> None:
    app = create_app(settings())

    @app.get("/failing")
    def fail() -> None:
        raise RuntimeError("a secret")

    with TestClient(app, raise_server_exceptions=False) as client:
        response = client.get("/failing")
    assert_error(response, 500)
    assert "secret" not in response.text


def test_production_does_not_start_without_a_key() -> None:
    for key in ("", "short"):
        with pytest.raises(ValidationError, match="APP_API_KEY"):
            settings(environment="production", api_key=SecretStr(key))
    assert settings(environment="production").environment == "production"


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_DATABASE_URL", "sqlite:///elsewhere.db")
    monkeypatch.setenv("APP_CORS_ORIGINS", '["https://example.com"]')
    read = Settings(_env_file=None)
    assert (read.database_url, read.cors_origins) == ("sqlite:///elsewhere.db", ["https://example.com"])


def test_other_origins_are_let_in_when_they_are_named() -> None:
    origin = "https://example.com"
    for origins, expected in (([origin], origin), ([], None)):
        with TestClient(create_app(settings(cors_origins=origins))) as client:
            response = client.get("/health", headers={"Origin": origin})
        assert response.headers.get("Access-Control-Allow-Origin") == expected


def test_what_is_stored_outlives_the_server(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/app.db"
    stored = {}
    for _ in range(2):
        with TestClient(create_app(settings(database_url=url)), headers={"X-API-Key": KEY}) as client:
            world = World(client)
            for name in EVERY:
                stored.setdefault(name, None)
                stored[name] = stored[name] or world.new(name)
                assert world.read(name, stored[name]["id"]) == stored[name]
