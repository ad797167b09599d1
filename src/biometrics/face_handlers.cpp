#include "biometrics/face_handlers.h"

#include "base/id.h"
#include "biometrics/face_json.h"
#include "events/audit_handlers.h"
#include "http/fields.h"

#include <nlohmann/json.hpp>

namespace accessd::biometrics {
namespace {

template <class Item>
http::Response page_of(const Page<Item>& page, std::string_view message)
{
    auto items = nlohmann::json::array();
    for (const auto& item : page.items) items.push_back(to_json(item));
    return http::success(http::page_json(std::move(items), page.next), message);
}

}  // namespace

FaceHandlers::FaceHandlers(FaceStore& faces, users::UserStore& users, projects::Projects& projects,
                           Clock& clock)
    : faces_(faces), users_(users), projects_(projects), clock_(clock)
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

}  // namespace accessd::biometrics
