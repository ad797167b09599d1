#include "biometrics/face_refresh.h"

#include "face/comparison.h"

#include <span>

namespace accessd::biometrics {

std::optional<FaceRefresh> make_refresh(const KnownFace& known, const Secret& person_key,
                                        const std::string& picture, double match_fmr, TimePoint now,
                                        const FaceReader& reader, const FaceVault& vault)
{
    if (!known.known || now - known.changed_at < kRefreshEvery) return std::nullopt;
    const auto comparison = reader.comparison();
    if (!comparison) return std::nullopt;
    const auto analysis = reader.read(picture, face::Purpose::Enrolment);
    if (!analysis) return std::nullopt;
    const auto compared =
        (*comparison)->compare(*known.known, *analysis->embedding, match_fmr * kRefreshFmrFactor);
    if (compared.decision != face::Decision::Match) return std::nullopt;
    const auto made = (*comparison)->make_template(std::span{&*analysis->embedding, 1});
    if (!made) return std::nullopt;
    return FaceRefresh{known.newest_id, vault.seal_refresh(*made, person_key, known.newest_id),
                       known.face_ids};
}

}  // namespace accessd::biometrics
