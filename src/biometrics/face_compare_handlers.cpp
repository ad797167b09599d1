#include "biometrics/face_compare_handlers.h"

#include "biometrics/caller_field_handlers.h"
#include "biometrics/face_json.h"
#include "biometrics/picture_field_handlers.h"
#include "http/fields.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace accessd::biometrics {
namespace {

constexpr double kCompareFmr = 1e-3;  // Of two single pictures.
/// Of each comparison of a search: it makes as many as there are faces. The lowest that flows may ask for.
constexpr double kSearchFmr = 1e-5;
constexpr std::size_t kGalleryMax = 10;  // Source: api.md, section 6.
constexpr std::int64_t kResultsMax = 20;

StandAloneCaller caller_of(const http::Request& request, http::Fields& body)
{
    return {request.authenticated().subject, read_client_ip(request, body)};
}

double read_fmr(http::Fields& body, double otherwise)
{
    return body.number("match_fmr", false, 1e-5, 1e-2).value_or(otherwise);
}

}  // namespace

FaceCompareHandlers::FaceCompareHandlers(FaceCompare& compare, projects::Projects& projects)
    : compare_(compare), projects_(projects)
{
}

/// POST /v2/access/biometric/compare   {"probe": "/9j/4AAQ...", "gallery": ["/9j/4AAQ..."]}
Result<http::Response> FaceCompareHandlers::compare(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto probe_text = read_picture(body, "probe", true);
    const auto gallery_texts = read_pictures(body, "gallery", true, 1, kGalleryMax);
    const auto match_fmr = read_fmr(body, kCompareFmr);
    const auto caller = caller_of(request, body);
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto probe, picture_of(*probe_text));
    ACCESSD_TRY(const auto gallery, pictures_of(*gallery_texts));

    ACCESSD_TRY(const auto compared, compare_.compare(caller, probe, gallery, match_fmr));
    auto results = nlohmann::json::array();
    for (const auto& result : compared.results) results.push_back(to_json(result));
    const bool is_any =
        std::any_of(compared.results.begin(), compared.results.end(),
                    [](const auto& result) { return result.decision == face::Decision::Match; });
    return with_limit(
        http::success(
            {{"matched", is_any}, {"match_fmr", match_fmr}, {"results", std::move(results)}},
            "Compared"),
        request, compared.limit);
}

/// POST /v2/access/biometric/search   {"face_image": "/9j/4AAQ...", "project_id": "prj_..."}
Result<http::Response> FaceCompareHandlers::search(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto text = read_picture(body, "face_image", true);
    const auto project_id = body.string("project_id", {.required = true, .min = 1, .max = 64});
    const auto results_max =
        body.integer("max_results", {.min = 1, .max = kResultsMax}).value_or(1);
    const auto match_fmr = read_fmr(body, kSearchFmr);
    const auto caller = caller_of(request, body);
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto setup, projects_.get(*project_id, request.scope()));
    ACCESSD_TRY(const auto picture, picture_of(*text));

    ACCESSD_TRY(const auto searched, compare_.search(caller, setup->project.id, picture, match_fmr,
                                                     static_cast<std::size_t>(results_max)));
    auto results = nlohmann::json::array();
    for (const auto& person : searched.people) {
        results.push_back({{"user_id", person.user_id},
                           {"face_id", person.face_id},
                           {"score", person.compared.score},
                           {"threshold", person.compared.threshold},
                           {"false_match_rate", person.compared.false_match_rate}});
    }
    return with_limit(http::success({{"decision", results.empty() ? "unknown" : "match"},
                                     {"match_fmr", match_fmr},
                                     {"faces_searched", searched.searched},
                                     {"results", std::move(results)}},
                                    "Searched"),
                      request, searched.limit);
}

/// POST /v2/access/biometric/detect   {"face_image": "/9j/4AAQ..."}
Result<http::Response> FaceCompareHandlers::detect(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto text = read_picture(body, "face_image", true);
    const auto caller = caller_of(request, body);
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto picture, picture_of(*text));

    ACCESSD_TRY(const auto detected, compare_.detect(caller, picture));
    const auto& analysis = detected.analysis;
    auto faces = nlohmann::json::array();
    for (const auto& face : analysis.faces) faces.push_back(to_json(face));
    auto issues = nlohmann::json::array();
    for (const auto issue : analysis.issues) issues.push_back(face::to_text(issue));
    return with_limit(
        http::success({{"width", analysis.width},
                       {"height", analysis.height},
                       {"faces", std::move(faces)},
                       {"issues", std::move(issues)},
                       {"quality", analysis.measures ? quality_json(*analysis.measures)
                                                     : nlohmann::json(nullptr)}},
                      "Looked for faces"),
        request, detected.limit);
}

}  // namespace accessd::biometrics
