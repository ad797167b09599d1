"""Whoever erases a person is told by when backups have forgotten them, too, where the operator says how long those stay."""

import datetime

from support.project import address

SERVER = {"store": {"backup_days": 35}}


def test_an_erasure_says_when_the_last_backup_with_the_person_is_gone(project):
    user = project.add_user(email=address())["user_id"]
    before = datetime.datetime.now(datetime.timezone.utc)

    erased = project.api.delete(f"{project.path}/users/{user}").data

    lapse = datetime.datetime.fromisoformat(erased["backups_lapse_at"].replace("Z", "+00:00"))
    kept = lapse - before - datetime.timedelta(days=35)
    assert datetime.timedelta(seconds=-5) < kept < datetime.timedelta(seconds=60)
