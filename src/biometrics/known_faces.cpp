#include "biometrics/known_faces.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace accessd::biometrics {
namespace {

constexpr auto kKept = static_cast<std::ptrdiff_t>(face::kTemplatePictures);

/// The newest, who say best what the person looks like now.
std::vector<face::Embedding> newest(const std::vector<face::Embedding>& all, std::ptrdiff_t kept)
{
    return {all.end() - std::min(std::ssize(all), kept), all.end()};
}

/// With a later login's picture in the place of the oldest of five.
Result<std::optional<face::Template>> add_refresh(const std::vector<FaceRecord>& faces,
                                                  const Secret& person_key, const FaceVault& vault,
                                                  const face::Comparison& comparison,
                                                  std::vector<face::Embedding> enrolled)
{
    const auto face =
        std::ranges::find_if(faces, [](const auto& f) { return f.refreshed_at.has_value(); });
    if (face == faces.end() || face->model != comparison.model()) return std::nullopt;
    ACCESSD_TRY(auto opened, vault.open_refresh(face->sealed_refresh, person_key, face->id));
    enrolled = newest(enrolled, kKept - 1);
    enrolled.push_back({opened.model, std::move(opened.mean)});
    ACCESSD_TRY(auto made, comparison.make_template(enrolled));
    return std::optional{std::move(made)};
}

/// The rate that the enrolled pictures must reach alone, or the one asked for where it was never measured.
double enrolled_fmr(const face::Comparison& comparison, double match_fmr, int pictures)
{
    const double looser = std::min(match_fmr * kEnrolledFmrFactor, 1e-2);
    return comparison.expected_false_non_match(looser, pictures) ? looser : match_fmr;
}

int pictures_of(const std::optional<face::Template>& known)
{
    return known ? static_cast<int>(known->embeddings.size()) : 0;
}

}  // namespace

int KnownFace::pictures() const { return pictures_of(refreshed ? refreshed : known); }

face::Compared KnownFace::compare(const face::Comparison& comparison, const face::Embedding& probe,
                                  double match_fmr) const
{
    if (!known) return {};
    if (!refreshed) return comparison.compare(*known, probe, match_fmr);
    auto compared = comparison.compare(*refreshed, probe, match_fmr);
    const auto enrolled =
        comparison.compare(*known, probe, enrolled_fmr(comparison, match_fmr, pictures_of(known)));
    if (enrolled.decision != face::Decision::Match) compared.decision = enrolled.decision;
    return compared;
}

Result<void> check_rate(const face::Comparison& comparison, double match_fmr, int pictures)
{
    if (comparison.expected_false_non_match(match_fmr, pictures)) return {};
    return Error{ErrorCode::FlowNotReady}.with(
        "missing", std::vector<std::string>{"ask for a higher match_fmr: the installed face models "
                                            "were never measured at so low a rate"});
}

Result<KnownFace> open_faces(const std::vector<FaceRecord>& faces, const Secret& person_key,
                             const FaceVault& vault, const face::Comparison& comparison,
                             Refreshed refreshed)
{
    KnownFace found;
    std::vector<face::Embedding> embeddings;
    for (const auto& face : faces) {
        found.face_ids.push_back(face.id);
        if (face.model != comparison.model()) {
            found.has_others = true;
            continue;
        }
        ACCESSD_TRY(auto opened, vault.open_template(face.sealed_template, person_key, face.id));
        found.newest_id = face.id;
        found.changed_at = std::max(
            {found.changed_at, face.created_at, face.refreshed_at.value_or(face.created_at)});
        auto kept = std::move(opened.embeddings);
        // What was shown in this very validation doesn't speak for what is shown next.
        const auto frames = static_cast<std::size_t>(face.frames);
        if (face.status == FaceStatus::Provisional && frames < kept.size()) {
            kept.resize(kept.size() - frames);
        }
        for (auto& values : kept) embeddings.push_back({opened.model, std::move(values)});
    }
    if (embeddings.empty()) return found;
    ACCESSD_TRY(found.known, comparison.make_template(newest(embeddings, kKept)));
    if (refreshed == Refreshed::Used) {
        ACCESSD_TRY(found.refreshed, add_refresh(faces, person_key, vault, comparison, embeddings));
    }
    return found;
}

}  // namespace accessd::biometrics
