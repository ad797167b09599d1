"""The limits behind the published 5 in 60 seconds, made small enough to reach."""

import pytest

from support.phones import enable_phone, number, send_sms, send_whatsapp
from support.project import Project, address

SERVER = {"limits": {"email_sends_per_hour": 3, "email_sends_per_day": 4,
                     "client_sends_per_hour": 4, "phone_sends_per_hour": 2}}


def refusal(answer):
    assert answer.code == "RATE_LIMITED", answer
    assert answer.headers["RateLimit-Limit"] == str(answer.details["limit"])
    assert answer.headers["Retry-After"] == str(answer.details["retry_after_seconds"])
    return answer.details["scope"], answer.details["window_seconds"]


def test_an_address_gets_so_many_codes_an_hour(api, project):
    name = address().split("@")[0].replace("-", "")
    for tag in range(3):
        answer = project.send(f"{name}+{tag}@gmail.com")
        assert answer.headers["RateLimit-Limit"] == "5", "the published limit is what is told"

    assert refusal(project.send(f"{name[:3]}.{name[3:]}@gmail.com")) == ("email_sends_hour", 3600)
    assert Project(api).send(f"{name}@gmail.com").status == 200


def test_resending_says_when_an_hour_has_room_again(project):
    email = address()
    waits = [project.send(email).data["resend_after_seconds"] for _ in range(3)]
    assert waits[:2] == [30, 30] and 3590 <= waits[2] <= 3600


@pytest.mark.parametrize("spellings", [
    ["198.51.100.9", "::ffff:198.51.100.9", "::ffff:c633:6409"],
    ["2001:db8:7:7::1", "2001:0db8:7:7:ffff::2", "2001:DB8:7:7::a"]], ids=["IPv4", "IPv6"])
def test_a_network_gets_so_many_codes_an_hour(api, project, spellings):
    for n in range(4):
        client = {"ip": spellings[n % len(spellings)]}
        assert project.send(address(), client=client).status == 200

    for ip in spellings:
        refused = project.send(address(), client={"ip": ip})
        assert refusal(refused) == ("client_sends_hour", 3600)
    assert project.send(address(), client={"ip": "2001:db8:7:8::1"}).status == 200
    assert project.send(address(), client={"user_agent": "x"}).status == 200
    assert Project(api).send(address(), client={"ip": spellings[0]}).status == 200


def test_a_back_end_that_tells_no_address_is_not_one_person(project):
    for _ in range(12):
        assert project.send(address()).status == 200


def test_a_refused_send_takes_nothing_from_the_other_windows(project):
    email, client = address(), {"ip": "192.0.2.77"}
    for _ in range(3):
        assert project.send(email, client=client).status == 200
    for _ in range(6):
        assert refusal(project.send(email, client=client))[0] == "email_sends_hour"

    assert project.send(address(), client=client).status == 200
    assert refusal(project.send(address(), client=client))[0] == "client_sends_hour"


def test_unknown_people_count_like_known_ones(api):
    for reveals in (False, True):
        project = Project(api)
        known = address()
        project.use_directory(known)
        project.set_flow(reveal_unknown_users=reveals)
        seen = {}
        for email in (known, address()):
            for _ in range(3):
                project.send(email)
            seen[email] = refusal(project.send(email))
        assert len(set(seen.values())) == 1


def test_a_number_gets_so_many_codes_an_hour_by_both_ways(project):
    enable_phone(project)
    phone = number()
    assert send_sms(project, phone).status == 200
    assert send_whatsapp(project, f"{phone[:3]} {phone[3:]}").status == 200
    assert refusal(send_sms(project, phone)) == ("phone_sends_hour", 3600)
    assert send_sms(project, number()).status == 200
