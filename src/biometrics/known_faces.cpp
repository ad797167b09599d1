#include "biometrics/known_faces.h"

#include <iterator>
#include <string>
#include <utility>

namespace accessd::biometrics {

Result<void> check_rate(const face::Comparison& comparison, double match_fmr, int pictures)
{
    if (comparison.expected_false_non_match(match_fmr, pictures)) return {};
    return Error{ErrorCode::FlowNotReady}.with(
        "missing", std::vector<std::string>{"ask for a higher match_fmr: the installed face models "
                                            "were never measured at so low a rate"});
}

Result<KnownFace> open_faces(const std::vector<FaceRecord>& faces, const Secret& person_key,
                             const FaceVault& vault, const face::Comparison& comparison)
{
    KnownFace found;
    std::vector<face::Embedding> embeddings;
    for (const auto& face : faces) {
        if (face.model != comparison.model()) {
            found.has_others = true;
            continue;
        }
        ACCESSD_TRY(auto opened, vault.open_template(face.sealed_template, person_key, face.id));
        for (auto& values : opened.embeddings) {
            embeddings.push_back({opened.model, std::move(values)});
        }
    }
    if (embeddings.empty()) return found;
    // The newest say best what the person looks like now.
    const auto kept = static_cast<std::ptrdiff_t>(face::kTemplatePictures);
    if (std::ssize(embeddings) > kept)
        embeddings.erase(embeddings.begin(), embeddings.end() - kept);
    ACCESSD_TRY(found.known, comparison.make_template(embeddings));
    return found;
}

}  // namespace accessd::biometrics
