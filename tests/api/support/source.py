"""A project whose people are looked up outside."""

from support.project import address

PASSWORD = "reader-word"
QUERY = ("SELECT id AS user_id, email, phone, name, active AS allowed, plan, score FROM customers "
         "WHERE email = :email OR phone = :phone OR id = :user_id")
MAPPING = {"claims": {"plan": "plan", "score": "score"}}


def database_settings(port, **fields):
    return {"host": "127.0.0.1", "port": port, "database": "shop", "user": "reader",
            "password": PASSWORD, "tls": "none", "query": QUERY, "mapping": MAPPING,
            "cache_seconds": 0} | fields


def use_source(project, kind, settings):
    """Makes the source and has the project's flow use it; returns its id."""
    answer = project.api.post(f"{project.path}/sources",
                              {"name": "Customers", "kind": kind, "settings": settings})
    assert answer.status == 201, answer
    source_id = answer.data["source_id"]
    assert project.set_flow(source_id=source_id).status == 200
    return source_id


def look_up(project, source_id, **contact):
    answer = project.api.post(f"/sources/{source_id}/test", contact)
    assert answer.status == 200, answer
    return answer.data


__all__ = ["PASSWORD", "QUERY", "MAPPING", "address", "database_settings", "look_up", "use_source"]
