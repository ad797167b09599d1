#pragma once

#include "access/validation_store.h"
#include "base/clock.h"
#include "base/result.h"
#include "biometrics/face_store.h"
#include "http/request.h"
#include "http/response.h"
#include "projects/projects.h"
#include "users/user_store.h"

namespace accessd::biometrics {

/// Enrolled faces and consents of a project's people, over the API: api.md, section 6.
class FaceHandlers {
public:
    FaceHandlers(FaceStore& faces, users::UserStore& users, projects::Projects& projects,
                 access::ValidationStore& logins, Clock& clock);

    Result<http::Response> list(const http::Request& request);
    Result<http::Response> remove(const http::Request& request);
    Result<http::Response> consents(const http::Request& request);
    Result<http::Response> withdraw(const http::Request& request);
    Result<http::Response> withdraw_own(const http::Request& request);

private:
    struct Person {
        std::string project_id;
        std::string user_id;
        bool test = false;
    };
    Result<Person> person_of(const http::Request& request) const;
    Result<Person> proven_person(const http::Request& request) const;
    Result<int> withdraw_all(const Person& person);
    Result<int> remove_all(const Person& person);

    FaceStore& faces_;
    users::UserStore& users_;
    projects::Projects& projects_;
    access::ValidationStore& logins_;
    Clock& clock_;
};

}  // namespace accessd::biometrics
