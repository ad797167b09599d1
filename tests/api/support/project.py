"""A project as a customer sets one up, with the steps that tests repeat."""

import uuid

from support.client import wait_for


class Project:
    """A project made for one test, so that no limit or name is shared with another."""

    def __init__(self, api, **fields):
        self.api = api
        name = "Shop " + uuid.uuid4().hex[:8]
        self.json = api.post("/projects", {"name": name} | fields).data
        self.id = self.json["project_id"]
        self.name = self.json["name"]
        self.flow_id = self.json["default_flow_id"]
        self.source_id = self.json["default_source_id"]
        self.path = f"/projects/{self.id}"

    def set_email(self, **settings):
        return self.api.put(f"/flows/{self.flow_id}/methods/email", {"enabled": True} | settings)

    def set_flow(self, **settings):
        return self.api.patch(f"/flows/{self.flow_id}", settings)

    def use_directory(self, *emails):
        """From now on only these people are known. Returns their user ids."""
        source = self.api.post(f"{self.path}/sources", {"name": "People", "kind": "directory"}).data
        assert self.set_flow(source_id=source["source_id"]).status == 200
        return [self.add_user(email=email)["user_id"] for email in emails]

    def add_user(self, **fields):
        return self.api.post(f"{self.path}/users", fields).data

    def set_test_recipients(self, *recipients):
        answer = self.api.put(f"{self.path}/test-recipients", {"recipients": list(recipients)})
        assert answer.status == 200, answer
        return answer.data["recipients"]

    def send(self, email, api=None, **fields):
        return (api or self.api).post("/email/send-otp",
                                      {"email": email, "project_id": self.id} | fields)

    def verify(self, email, otp, validation_id, api=None):
        return (api or self.api).post("/email/verify-otp",
                                      {"email": email, "otp": otp, "validation_id": validation_id})

    def validation(self, validation_id):
        return self.api.get(f"/validations/{validation_id}").data

    def inbox(self, email=None):
        query = {"destination": email} if email else {}
        return self.api.get(f"{self.path}/inbox", query=query).data["items"]

    def code(self, email):
        """The code of the newest message to an address that is to carry one."""
        return next(message["otp"] for message in self.inbox(email) if message["kind"] == "code")

    def wrong_code(self, email):
        code = self.code(email)
        return ("1" if code[0] == "0" else "0") + code[1:]

    def timeline(self, validation_id):
        return self.validation(validation_id)["timeline"]

    def wait_for_step(self, validation_id, *types, seconds=10):
        """The timeline, once it holds these types."""
        def reached():
            timeline = self.timeline(validation_id)
            return timeline if set(types) <= {entry["type"] for entry in timeline} else None
        return wait_for(reached, seconds)

    def log_in(self, email):
        """Sends and verifies; returns what a finished login answers."""
        validation_id = self.send(email).data["validation_id"]
        return self.verify(email, self.code(email), validation_id).data


def address():
    """One nobody else uses."""
    return f"ana-{uuid.uuid4().hex[:10]}@example.com"
