"""The steps of enrolling and logging in with a face, as a customer's server makes them."""

import uuid

from support.faces import encoded

EASY_FMR = 1e-2  # One picture of the group photographs enrolled: what matters here is the way, not the rate.


def use_faces(project, policy=None, **settings):
    method = {"enabled": True, "match_fmr": EASY_FMR} | settings
    assert project.api.put(f"/flows/{project.flow_id}/methods/biometric", method).status == 200
    policy = policy or {"any": ["email", "biometric"]}
    assert project.set_flow(policy=policy).status == 200
    return project


def name():
    return "u-" + uuid.uuid4().hex[:12]


def enrol(project, user_id, *pictures, api=None, **fields):
    shown = [encoded(picture) for picture in pictures]
    images = {"face_image": shown[0]} if len(shown) == 1 else {"face_images": shown}
    body = {"user_id": user_id, "project_id": project.id} | images | fields
    return (api or project.api).post("/biometric/register-face", body)


def enrolled(project, user_id, *pictures, **fields):
    answer = enrol(project, user_id, *pictures, activate=True, **fields)
    assert answer.status == 201, answer
    return answer.data


def start(project, user_id, **fields):
    answer = project.api.post("/biometric/start",
                              {"user_id": user_id, "project_id": project.id} | fields)
    assert answer.status == 201, answer
    return answer.data


def verify(project, user_id, validation_id, picture, api=None):
    return (api or project.api).post("/biometric/verify-face",
                                     {"user_id": user_id, "validation_id": validation_id,
                                      "face_image": encoded(picture)})


def show(project, validation_id, *pictures, api=None):
    shown = [encoded(picture) for picture in pictures]
    body = {"face_image": shown[0]} if len(shown) == 1 else {"frames": shown}
    return (api or project.api).post("/biometric/liveness-check",
                                     {"validation_id": validation_id} | body)


def faces_of(project, user_id):
    return project.api.get(f"{project.path}/users/{user_id}/faces").data["items"]
