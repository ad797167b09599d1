#include "biometrics/face_handlers.h"

#include "base/id.h"
#include "biometrics/face_json.h"
#include "events/audit_handlers.h"
#include "http/fields.h"

#include <nlohmann/json.hpp>

namespace accessd::biometrics {
namespace {

constexpr int kAtOnce = 200;

template <class Item>
http::Response page_of(const Page<Item>& page, std::string_view message)
{
    auto items = nlohmann::json::array();
    for (const auto& item : page.items) items.push_back(to_json(item));
    return http::success(http::page_json(std::move(items), page.next), message);
}

}  // namespace

FaceHandlers::FaceHandlers(FaceStore& faces, users::UserStore& users, projects::Projects& projects,
                           access::ValidationStore& logins, Clock& clock)
    : faces_(faces), users_(users), projects_(projects), logins_(logins), clock_(clock)
{
}

Result<FaceHandlers::Person> FaceHandlers::person_of(const http::Request& request) const
{
    ACCESSD_TRY(const auto setup, projects_.get(request.parameter("project_id"), request.scope()));
    const auto& user_id = request.parameter("user_id");
    ACCESSD_TRY(const auto user, users_.find(setup->project.id, user_id));
    if (!user) return ErrorCode::UserNotFound;
    return Person{setup->project.id, user_id, setup->project.is_test()};
}

/// GET /v2/access/projects/{project_id}/users/{user_id}/faces
Result<http::Response> FaceHandlers::list(const http::Request& request)
{
    http::Query query{request};
    const auto page = query.page();
    ACCESSD_CHECK(query.check());
    ACCESSD_TRY(const auto person, person_of(request));
    ACCESSD_TRY(const auto faces, faces_.list(person.project_id, person.user_id, page));
    return page_of(faces, "Faces");
}

/// DELETE /v2/access/projects/{project_id}/users/{user_id}/faces/{face_id}
Result<http::Response> FaceHandlers::remove(const http::Request& request)
{
    ACCESSD_TRY(const auto person, person_of(request));
    const auto& id = request.parameter("face_id");
    if (!looks_like_id(id, "face_")) return ErrorCode::FaceNotFound;
    ACCESSD_CHECK(
        faces_.remove(person.project_id, person.user_id, id, clock_.now(), person.test,
                      events::audit_of(request, "face.deleted").about(id, person.project_id)));
    return http::success({{"face_id", id}}, "Face destroyed");
}

/// GET /v2/access/projects/{project_id}/users/{user_id}/consents
Result<http::Response> FaceHandlers::consents(const http::Request& request)
{
    http::Query query{request};
    const auto page = query.page();
    ACCESSD_CHECK(query.check());
    ACCESSD_TRY(const auto person, person_of(request));
    ACCESSD_TRY(const auto consents, faces_.consents(person.project_id, person.user_id, page));
    return page_of(consents, "Consents");
}

/// DELETE /v2/access/projects/{project_id}/users/{user_id}/consents/{consent_id}
Result<http::Response> FaceHandlers::withdraw(const http::Request& request)
{
    ACCESSD_TRY(const auto person, person_of(request));
    const auto& id = request.parameter("consent_id");
    if (!looks_like_id(id, "cns_")) return ErrorCode::ConsentNotFound;
    ACCESSD_TRY(const auto destroyed,
                faces_.withdraw(
                    person.project_id, person.user_id, id, clock_.now(), person.test,
                    events::audit_of(request, "consent.withdrawn").about(id, person.project_id)));
    return http::success({{"consent_id", id}, {"faces_destroyed", destroyed}},
                         "Consent withdrawn, and the faces under it destroyed");
}

/// Whom a browser's login has shown, by whatever method. Errors: InsufficientScope; StoreUnavailable.
Result<FaceHandlers::Person> FaceHandlers::proven_person(const http::Request& request) const
{
    const auto& browser = request.authenticated().browser;
    if (browser) {
        const auto scope = ProjectScope::only({browser->project_id});
        ACCESSD_TRY(const auto setup, projects_.get(browser->project_id, scope));
        ACCESSD_TRY(const auto login, logins_.find_login(browser->login_id, scope));
        if (login && !login->user_id.empty() && !login->methods_done.empty()) {
            return Person{browser->project_id, login->user_id, setup->project.is_test()};
        }
    }
    return Error{ErrorCode::InsufficientScope}.saying(
        "Only a browser whose login has shown who the person is may do this.");
}

/// Returns how many faces were destroyed. Errors: StoreUnavailable.
Result<int> FaceHandlers::withdraw_all(const Person& person)
{
    int destroyed = 0;
    PageRequest page{.limit = kAtOnce};
    do {
        ACCESSD_TRY(const auto consents, faces_.consents(person.project_id, person.user_id, page));
        for (const auto& consent : consents.items) {
            if (consent.withdrawn_at) continue;
            ACCESSD_TRY(const int gone, faces_.withdraw(person.project_id, person.user_id,
                                                        consent.id, clock_.now(), person.test, {}));
            destroyed += gone;
        }
        page.after = consents.next;
    } while (page.after);
    return destroyed;
}

/// What no consent was kept for. Errors: StoreUnavailable.
Result<int> FaceHandlers::remove_all(const Person& person)
{
    int destroyed = 0;
    for (;;) {
        ACCESSD_TRY(const auto faces,
                    faces_.list(person.project_id, person.user_id, {.limit = kAtOnce}));
        if (faces.items.empty()) return destroyed;
        for (const auto& face : faces.items) {
            const auto removed = faces_.remove(person.project_id, person.user_id, face.id,
                                               clock_.now(), person.test, {});
            if (!removed && removed.error().code != ErrorCode::FaceNotFound) return removed.error();
            ++destroyed;
        }
    }
}

/// POST /v2/access/biometric/withdraw-consent: the person's own, on the page where they gave it
Result<http::Response> FaceHandlers::withdraw_own(const http::Request& request)
{
    ACCESSD_TRY(const auto body, http::Fields::parse(request, true));
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto person, proven_person(request));
    ACCESSD_TRY(const int under_consent, withdraw_all(person));
    ACCESSD_TRY(const int without, remove_all(person));
    return http::success({{"faces_destroyed", under_consent + without}},
                         "Consent withdrawn, and all faces destroyed");
}

}  // namespace accessd::biometrics
