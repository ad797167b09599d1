#include "biometrics/face_json.h"

#include "biometrics/challenge_words.h"
#include "face/challenge.h"

#include <nlohmann/json.hpp>

#include <cstdlib>

namespace accessd::biometrics {
namespace {

using nlohmann::json;

json or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }
json or_null(const std::optional<TimePoint>& time)
{
    return time ? json(to_rfc3339(*time)) : json(nullptr);
}

std::string_view to_text(face::Decision decision)
{
    switch (decision) {
    case face::Decision::Match: return "match";
    case face::Decision::NoMatch: return "no_match";
    case face::Decision::Unknown: return "unknown";
    }
    std::abort();
}

json point(const face::Point& point) { return {{"x", point.x}, {"y", point.y}}; }

}  // namespace

json remaining_json(const BiometricValidation& validation)
{
    auto parts = json::array();
    for (const auto part : remaining_parts(validation)) parts.push_back(to_text(part));
    return parts;
}

json challenge_json(const BiometricValidation& validation)
{
    if (!validation.needs_liveness) return nullptr;
    return {{"prompts", prompts_of(validation.challenge)},
            {"frames_min", face::kChallengeFramesMin},
            {"frames_max", face::kChallengeFramesMax},
            {"expires_at", to_rfc3339(challenge_end(validation))}};
}

json quality_json(const face::Measures& measures)
{
    return {{"eye_distance", measures.eye_distance},
            {"brightness", measures.brightness},
            {"sharpness", measures.sharpness},
            {"clipped", measures.clipped},
            {"yaw", measures.pose.yaw},
            {"pitch", measures.pose.pitch},
            {"roll", measures.pose.roll}};
}

json to_json(const FaceRecord& face)
{
    return {{"face_id", face.id},
            {"user_id", face.user_id},
            {"status", to_text(face.status)},
            {"model", face.model},
            {"pictures", face.pictures},
            {"frames", face.frames},
            {"consent_id", or_null(face.consent_id)},
            {"validation_id", or_null(face.validation_id)},
            {"created_at", to_rfc3339(face.created_at)},
            {"activated_at", or_null(face.activated_at)},
            {"last_used_at", to_rfc3339(face.used_at)},
            {"refreshed_at", or_null(face.refreshed_at)}};
}

json to_json(const Consent& consent)
{
    return {{"consent_id", consent.id},
            {"user_id", consent.user_id},
            {"text_version", consent.text_version},
            {"accepted_at", to_rfc3339(consent.accepted_at)},
            {"ip", or_null(consent.client_ip)},
            {"recorded_at", to_rfc3339(consent.recorded_at)},
            {"withdrawn_at", or_null(consent.withdrawn_at)}};
}

json to_json(const face::Compared& compared)
{
    return {{"decision", to_text(compared.decision)},
            {"score", compared.score},
            {"threshold", compared.threshold},
            {"false_match_rate", compared.false_match_rate}};
}

json to_json(const face::Face& face)
{
    return {{"box",
             {{"x", face.box.x},
              {"y", face.box.y},
              {"width", face.box.width},
              {"height", face.box.height}}},
            {"points",
             {{"right_eye", point(face.points.right_eye)},
              {"left_eye", point(face.points.left_eye)},
              {"nose", point(face.points.nose)},
              {"mouth", point(face.points.mouth)},
              {"right_ear", point(face.points.right_ear)},
              {"left_ear", point(face.points.left_ear)}}},
            {"score", face.score}};
}

}  // namespace accessd::biometrics
