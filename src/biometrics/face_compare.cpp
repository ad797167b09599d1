#include "biometrics/face_compare.h"

#include "limits/client_network.h"

namespace accessd::biometrics {

using face::Purpose;

Result<limits::Decision> FaceCompare::count(const StandAloneCaller& caller)
{
    const auto key = "faces:" + caller.key_id + ":" + limits::client_network(caller.client_ip);
    return parts_.limits.take_all({{key, limits::kBiometricCalls}}, parts_.clock.now());
}

Result<ComparedFaces> FaceCompare::compare(const StandAloneCaller& caller, const std::string& probe,
                                           const std::vector<std::string>& gallery,
                                           double match_fmr)
{
    ComparedFaces compared;
    ACCESSD_TRY(compared.limit, count(caller));
    ACCESSD_TRY(const auto* comparison, parts_.reader.comparison());
    ACCESSD_TRY(const auto wanted, parts_.reader.read(probe, Purpose::Login));
    ACCESSD_TRY(const auto others, parts_.reader.read_all(gallery, Purpose::Login));
    for (const auto& other : others) {
        compared.results.push_back(
            comparison->compare(*other.embedding, *wanted.embedding, match_fmr));
    }
    return compared;
}

Result<SearchedFaces> FaceCompare::search(const StandAloneCaller& caller,
                                          const std::string& project_id, const std::string& picture,
                                          double match_fmr, std::size_t results_max)
{
    if (!parts_.settings.search) {
        return Error{ErrorCode::MethodDisabled}.saying(
            "Searching faces is off on this server: biometrics.search in its configuration.");
    }
    SearchedFaces searched;
    ACCESSD_TRY(searched.limit, count(caller));
    ACCESSD_TRY(const auto wanted, parts_.reader.read(picture, Purpose::Login));
    ACCESSD_TRY(searched.people,
                parts_.index.search(project_id, *wanted.embedding, match_fmr, results_max));
    ACCESSD_TRY(searched.searched, parts_.index.size(project_id));
    return searched;
}

Result<DetectedFaces> FaceCompare::detect(const StandAloneCaller& caller,
                                          const std::string& picture)
{
    DetectedFaces detected;
    ACCESSD_TRY(detected.limit, count(caller));
    ACCESSD_TRY(detected.analysis, parts_.reader.detect(picture));
    return detected;
}

}  // namespace accessd::biometrics
