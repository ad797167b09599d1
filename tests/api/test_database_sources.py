"""People looked up in a customer's own database: real PostgreSQL, MariaDB and SQLite."""

import sqlite3
import time

import pytest

from support.databases import Maria, Postgres, free_port
from support.source import PASSWORD, QUERY, database_settings, look_up, use_source

FOLDER = "/tmp/accessd-sqlite-sources"
SERVER = {"outbound": {"allow": ["127.0.0.1"], "sqlite_folders": [FOLDER]}}

TABLE = """
CREATE TABLE customers (id VARCHAR(64) PRIMARY KEY, email VARCHAR(200), phone VARCHAR(40),
                        name VARCHAR(200), active {boolean}, plan VARCHAR(40), score INTEGER,
                        password_hash VARCHAR(40));
INSERT INTO customers VALUES
 ('ana', 'ana@example.com', '+34 600 00 00 01', 'Ana Ñúñez', {true}, 'gold', 7, 'x'),
 ('bob', 'bob@example.com', NULL, NULL, {false}, NULL, NULL, 'x'),
 ('two-a', 'two@example.com', NULL, NULL, {true}, NULL, 1, 'x'),
 ('two-b', 'two@example.com', NULL, NULL, {true}, NULL, 2, 'x'),
 ('not an id', 'odd@example.com', NULL, NULL, {true}, NULL, 1, 'x'),
 ('cyd', 'CYD@example.com', NULL, NULL, {true}, NULL, 1, 'x');
"""


class Sqlite:
    """The same as the servers, for a file."""
    kind = "sqlite"

    def __init__(self, folder):
        self.file = folder / "shop.db"

    def execute(self, sql):
        with sqlite3.connect(self.file) as database:
            database.executescript(sql)

    def settings(self, **fields):
        made = database_settings(1, **fields)
        for name in ("host", "port", "database", "user", "password", "tls"):
            made.pop(name, None)
        return {"file": str(self.file)} | made

    def stop(self):
        self.file.unlink()


def make_postgres():
    server = Postgres().start()
    server.execute(f"CREATE USER reader PASSWORD '{PASSWORD}'; CREATE DATABASE shop OWNER reader;")
    server.settings = lambda **fields: database_settings(**{"port": server.port} | fields)
    run = server.execute
    server.execute = lambda sql: run("\\c shop\nSET client_min_messages = warning;\n" + sql)
    server.execute(TABLE.format(boolean="BOOLEAN", true="TRUE", false="FALSE") +
                   "GRANT ALL ON customers TO reader;")
    return server


def make_maria():
    server = Maria().start()
    server.execute(f"""CREATE DATABASE shop CHARACTER SET utf8mb4;
        CREATE USER reader@'%' IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON shop.* TO reader@'%';""")
    server.settings = lambda **fields: database_settings(**{"port": server.port} | fields)
    run = server.execute
    server.execute = lambda sql: run("USE shop; SET NAMES utf8mb4;" + sql)
    server.execute(TABLE.format(boolean="BOOLEAN", true="TRUE", false="FALSE"))
    return server


def make_sqlite():
    import pathlib
    folder = pathlib.Path(FOLDER)
    folder.mkdir(exist_ok=True)
    made = Sqlite(folder)
    made.file.unlink(missing_ok=True)
    made.execute(TABLE.format(boolean="BOOLEAN", true="1", false="0"))
    return made


@pytest.fixture(scope="module", params=[make_postgres, make_maria, make_sqlite],
                ids=["postgres", "mysql", "sqlite"])
def database(request):
    made = request.param()
    yield made
    made.stop()


@pytest.fixture
def source_id(project, database):
    return use_source(project, database.kind, database.settings())


def test_a_row_becomes_a_person(project, source_id):
    found = look_up(project, source_id, email="Ana@Example.com")

    assert found["status"] == "known" and found["problem"] is None and found["has_answered"]
    assert found["user"] == {"user_id": "ana", "email": "ana@example.com", "phone": "+34600000001",
                             "name": "Ana Ñúñez", "claims": {"plan": "gold", "score": 7}}
    assert found["rows"][0]["score"] == 7
    assert found["columns"] == ["user_id", "email", "phone", "name", "allowed", "plan", "score"]


@pytest.mark.parametrize("email, status, words", [
    ("nobody@example.com", "unknown", None),
    ("bob@example.com", "not_allowed", None),
    ("two@example.com", "refused", "more than one row"),
    ("odd@example.com", "refused", "user_id isn't"),
])
def test_who_else_is_told_in_words(project, source_id, email, status, words):
    found = look_up(project, source_id, email=email)

    assert found["status"] == status
    assert words in found["problem"] if words else found["problem"] is None


def test_a_login_is_that_persons_with_their_claims(project, source_id):
    done = project.log_in("ana@example.com")

    assert done["user"]["user_id"] == "ana" and done["user"]["phone"] == "+34600000001"
    claims = project.api.post("/tokens/introspect", {"token": done["token"]}).data
    assert claims["sub"] == "ana" and claims["claims"] == {"plan": "gold", "score": 7}


@pytest.mark.parametrize("email", ["nobody@example.com", "bob@example.com", "two@example.com",
                                   "odd@example.com"])
def test_nobody_else_gets_a_code_or_learns_why(project, source_id, email):
    known = project.send("ana@example.com")

    sent = project.send(email)

    assert sent.status == known.status == 200 and set(sent.data) == set(known.data)
    assert project.inbox(email) == []
    refused = project.verify(email, "000000", sent.data["validation_id"])
    assert refused.code == "INVALID_OTP"


def test_what_holds_at_the_end_decides(project, source_id, database):
    database.execute("INSERT INTO customers (id, email, active, plan) VALUES "
                     f"('dan', 'dan@example.com', {'1' if database.kind == 'sqlite' else 'TRUE'}, 'old');")
    try:
        sent = project.send("dan@example.com").data["validation_id"]
        database.execute("UPDATE customers SET plan = 'new' WHERE id = 'dan';")
        done = project.verify("dan@example.com", project.code("dan@example.com"), sent).data
        assert done["user"]["claims"]["plan"] == "new"

        sent = project.send("dan@example.com").data["validation_id"]
        code = project.code("dan@example.com")
        off = "0" if database.kind == "sqlite" else "FALSE"
        database.execute(f"UPDATE customers SET active = {off} WHERE id = 'dan';")
        assert project.verify("dan@example.com", code, sent).code == "LOGIN_USER_MISMATCH"
    finally:
        database.execute("DELETE FROM customers WHERE id = 'dan';")


def test_a_contact_moves_with_the_table(project, source_id, database):
    on = "1" if database.kind == "sqlite" else "TRUE"
    database.execute(f"INSERT INTO customers (id, email, active) VALUES ('eva', 'e@example.com', {on});")
    try:
        assert project.log_in("e@example.com")["user"]["user_id"] == "eva"
        database.execute("UPDATE customers SET id = 'eli' WHERE id = 'eva';")

        assert project.log_in("e@example.com")["user"]["user_id"] == "eli"

        assert project.api.get(f"{project.path}/users/eva").data["email"] is None
    finally:
        database.execute("DELETE FROM customers WHERE email = 'e@example.com';")


def test_a_row_of_another_contact_is_nobodys(project, database):
    """As a database that compares without case, or a LIKE, would find it."""
    loose = QUERY.replace("email = :email", "lower(email) LIKE '%yd@example.com' AND :email = :email")
    source_id = use_source(project, database.kind,
                           database.settings(query=loose.replace("OR phone = :phone OR id = :user_id", "")))

    found = look_up(project, source_id, email="mallory@example.com")
    own = look_up(project, source_id, email="cyd@example.com")

    assert found["status"] == "refused" and "isn't the one asked for" in found["problem"]
    assert own["status"] == "known", own
    project.send("mallory@example.com")
    assert project.inbox("mallory@example.com") == []


HOSTILE = ["x' OR '1'='1", "x'; DROP TABLE customers; --", "\\' OR 1=1 -- ", '" OR ""="', "%", "_",
           "${jndi:x}", "x\u0000y", "x' UNION SELECT * FROM customers -- ", "'; COPY x TO PROGRAM 'y"]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_callers_say_is_only_ever_bound(project, source_id, database, text):
    # Of the three contacts, an id takes the most characters; the others are refused before.
    for contact in ({"user_id": text}, {"email": text + "@example.com"}, {"phone": text}):
        answer = project.api.post(f"/sources/{source_id}/test", contact)
        assert answer.status == 400 or answer.data["status"] == "unknown", answer
    assert look_up(project, source_id, email="ana@example.com")["status"] == "known"


@pytest.mark.parametrize("query, words", [
    ("SELECT id, email AS mail FROM customers WHERE email = :email", "no column named user_id; it returns id, mail"),
    ("SELECT id AS user_id, email AS mail FROM customers WHERE email = :email",
     "connected, but the query has no column named email; it returns user_id, mail"),
    ("SELECT id AS user_id, email FROM people WHERE email = :email", "people"),
    ("SELECT nonsense FROM customers WHERE email = :email", "nonsense"),
])
def test_what_is_wrong_with_a_query_is_told(project, database, query, words):
    source_id = use_source(project, database.kind, database.settings(query=query, mapping={}))

    found = look_up(project, source_id, email="nobody@example.com")

    assert found["status"] == "refused" and words in found["problem"], found
    assert project.send("ana@example.com").code == "SOURCE_UNAVAILABLE"


def test_secrets_of_a_row_are_masked(project, database):
    query = "SELECT id AS user_id, email, password_hash FROM customers WHERE email = :email"
    source_id = use_source(project, database.kind, database.settings(query=query, mapping={}))

    found = look_up(project, source_id, email="ana@example.com")

    assert found["rows"] == [{"user_id": "ana", "email": "ana@example.com", "password_hash": "***"}]


@pytest.mark.parametrize("query", [
    "UPDATE customers SET plan = 'x' WHERE email = :email",
    "DELETE FROM customers WHERE email = :email",
    "SELECT 1; DROP TABLE customers",
    "SELECT id AS user_id, email FROM customers WHERE email = :email; SELECT 1",
    "SELECT id FROM customers -- :email",
    "SELECT id FROM customers WHERE email = :mail",
    "SELECT id FROM customers",
    "SELECT id FROM customers WHERE email = '\\' || :email",
])
def test_a_query_that_could_be_more_is_refused(project, database, query):
    refused = project.api.post(f"{project.path}/sources",
                               {"name": "x", "kind": database.kind,
                                "settings": database.settings(query=query)})

    assert set(refused.issues) == {"settings.query"}


def test_a_query_that_writes_all_the_same_changes_nothing(project, database):
    if database.kind == "postgres":
        database.execute("CREATE FUNCTION sneak(text) RETURNS text LANGUAGE sql AS "
                         "$$ UPDATE customers SET plan = 'hacked' RETURNING id $$; ")
        query = "SELECT sneak(:email) AS user_id, 'ana@example.com' AS email"
    elif database.kind == "mysql":
        query = "SELECT id AS user_id, email FROM customers WHERE email = :email FOR UPDATE"
    else:
        query = ("WITH x AS (SELECT :email AS e) SELECT id AS user_id, email FROM customers, x, "
                 "pragma_journal_mode WHERE email = e")
    source_id = use_source(project, database.kind, database.settings(query=query, mapping={}))

    found = look_up(project, source_id, email="ana@example.com")

    if database.kind == "postgres":
        assert found["status"] == "refused" and "change something" in found["problem"], found
    fine = use_source(project, database.kind, database.settings())
    assert look_up(project, fine, email="ana@example.com")["user"]["claims"]["plan"] == "gold"


def test_a_million_rows_are_two(project, database):
    if database.kind == "mysql":
        rows = "SELECT seq AS n FROM seq_1_to_1000000"
    elif database.kind == "postgres":
        rows = "SELECT n FROM generate_series(1, 1000000) AS s(n)"
    else:
        rows = ("WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 1000000) "
                "SELECT n FROM s")
    source_id = use_source(project, database.kind, database.settings(
        query=f"SELECT n AS user_id, :email AS email FROM ({rows}) AS r", mapping={}, timeout_ms=5000))
    started = time.monotonic()

    found = look_up(project, source_id, email="ana@example.com")

    assert "more than one row" in (found["problem"] or ""), found
    assert len(found["rows"]) == 2 and time.monotonic() - started < 6


def test_a_slow_query_ends_in_time(project, database):
    if database.kind == "sqlite":
        query = ("WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s) "
                 "SELECT n AS user_id, :email AS email FROM s WHERE n < 0")
    else:
        wait = "pg_sleep(20)::text" if database.kind == "postgres" else "sleep(20)"
        query = f"SELECT id AS user_id, email, {wait} AS w FROM customers WHERE email = :email"
    source_id = use_source(project, database.kind,
                           database.settings(query=query, mapping={}, timeout_ms=400))
    started = time.monotonic()

    found = look_up(project, source_id, email="ana@example.com")

    assert found["status"] == "refused" and found["problem"], found
    assert time.monotonic() - started < 4


def test_a_value_without_end_is_refused(project, database):
    big = {"postgres": "repeat('x', 3000000)", "mysql": "repeat('x', 3000000)",
           "sqlite": "hex(zeroblob(1000000))"}[database.kind]
    source_id = use_source(project, database.kind, database.settings(
        query=f"SELECT id AS user_id, email, {big} AS name FROM customers WHERE email = :email",
        mapping={}))

    found = look_up(project, source_id, email="ana@example.com")

    assert found["status"] == "refused", found["status"]


LIES = {
    "postgres": {"a date": "now()", "a list": "ARRAY[1, 2]", "bytes": "decode('ff00', 'hex')",
                 "a truth": "TRUE", "nothing": "NULL::text", "JSON": "jsonb_build_object('a', 1)", "NaN": "'NaN'::float8"},
    "mysql": {"a date": "now()", "bytes": "x'ff00'", "half a character": "CAST(x'c3' AS BINARY)",
              "a truth": "TRUE", "nothing": "NULL", "JSON": "JSON_OBJECT('a', 1)", "a bit": "b'101'"},
    "sqlite": {"bytes": "x'ff00'", "text that isn't": "CAST(x'ff41' AS TEXT)", "a fraction": "1.5",
               "endless": "9e999", "nothing": "NULL", "a NUL": "'a' || char(0) || 'b'"},
}


@pytest.mark.parametrize("column", ["user_id", "name", "allowed", "plan"])
def test_values_of_wrong_types_break_nothing(project, database, column):
    """Whatever stands in a column becomes a person, or is refused in words; it is never an error of ours."""
    for lie, value in LIES[database.kind].items():
        columns = {"user_id": "id", "email": "email", "name": "name", "allowed": "active", "plan": "plan"}
        columns[column] = value
        chosen = ", ".join(f"{of} AS {name}" for name, of in columns.items())
        settings = database.settings(query=f"SELECT {chosen} FROM customers WHERE email = :email",
                                     mapping={"claims": {"plan": "plan"}})
        found = look_up(project, use_source(project, database.kind, settings), email="ana@example.com")
        assert found["status"] in ("known", "refused", "not_allowed"), (lie, found)
        assert (found["status"] == "refused") == bool(found["problem"]), (lie, found)


@pytest.mark.parametrize("change, words", [
    ({"password": "wrong-word"}, ("password", "Access denied")),
    ({"database": "nowhere"}, ("nowhere", "Access denied")),
])
def test_what_is_wrong_with_a_connection_is_told(project, database, change, words):
    if database.kind == "sqlite":
        pytest.skip("a file needs no connection")
    source_id = use_source(project, database.kind, database.settings(**change))

    found = look_up(project, source_id, email="ana@example.com")

    assert found["status"] == "refused" and not found["has_answered"]
    assert any(word in found["problem"] for word in words), found["problem"]
    assert "127.0.0.1" not in found["problem"].replace("@'127.0.0.1'", "")


def test_a_certificate_that_is_not_good_is_refused(project, database):
    if database.kind == "sqlite":
        pytest.skip("a file needs no connection")
    source_id = use_source(project, database.kind, database.settings(tls="verify"))

    found = look_up(project, source_id, email="ana@example.com")

    assert found["status"] == "refused" and not found["has_answered"]


def test_a_dead_database_lets_nobody_in_and_slows_nobody(project, database):
    if database.kind == "sqlite":
        settings = database.settings(file=FOLDER + "/none.db")
    else:
        settings = database.settings(port=free_port())
    source_id = use_source(project, database.kind, settings)

    for _ in range(5):
        refused = project.send("ana@example.com")
        assert refused.code == "SOURCE_UNAVAILABLE" and int(refused.headers["Retry-After"]) >= 1

    started = time.monotonic()
    assert project.send("ana@example.com").code in ("SOURCE_UNAVAILABLE", "RATE_LIMITED")
    assert time.monotonic() - started < 1
    health = project.api.get(f"/sources/{source_id}").data["health"]
    assert health["status"] == "down" and health["last_error"]
