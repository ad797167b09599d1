#include "biometrics/enrolled_frames.h"

#include "face/comparison.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

namespace accessd::biometrics {
namespace {

/// Looked at beyond those that there is room for: frames with closed eyes look straight, too.
constexpr std::size_t kSpare = 3;

float turned_by(const face::Analysis& frame)
{
    if (!frame.measures) return std::numeric_limits<float>::max();
    return std::abs(frame.measures->pose.yaw) + std::abs(frame.measures->pose.pitch);
}

std::vector<std::string> straightest(const PassedChallenge& passed, std::size_t count)
{
    std::vector<std::size_t> order(passed.frames.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {},
                             [&](std::size_t i) { return turned_by(passed.analyses[i]); });
    order.resize(std::min(order.size(), count));
    std::vector<std::string> frames;
    for (const auto i : order) frames.push_back(passed.frames[i]);
    return frames;
}

bool is_persons(const PassedChallenge& passed, const face::Comparison& comparison,
                const face::Embedding& frame)
{
    const auto matches = [&](const face::Template& known) {
        return comparison.compare(known, frame, passed.match_fmr).decision == face::Decision::Match;
    };
    if (!matches(*passed.enrolling.known)) return false;
    if (passed.earlier.known && !matches(*passed.earlier.known)) return false;
    return !passed.is_others(frame);
}

std::vector<face::Embedding> pictures_of(const face::Template& known)
{
    std::vector<face::Embedding> pictures;
    for (const auto& values : known.embeddings) pictures.push_back({known.model, values});
    return pictures;
}

}  // namespace

std::optional<JoiningFrames> choose_frames(const PassedChallenge& passed, const Secret& person_key,
                                           const FaceReader& reader, const FaceVault& vault)
{
    const auto comparison = reader.comparison();
    if (!passed.enrolling.known || !comparison) return std::nullopt;
    auto embeddings = pictures_of(*passed.enrolling.known);
    const auto pictures = embeddings.size();
    if (pictures >= face::kTemplatePictures) return std::nullopt;
    const auto room = face::kTemplatePictures - pictures;
    const auto seen = reader.read_fit(straightest(passed, room + kSpare), face::Purpose::Enrolment);
    if (!seen) return std::nullopt;
    for (const auto& frame : *seen) {
        if (embeddings.size() == face::kTemplatePictures) break;
        const bool joins = frame && is_persons(passed, **comparison, *frame->embedding);
        if (joins) embeddings.push_back(*frame->embedding);
    }
    const auto all = static_cast<int>(embeddings.size());
    const auto made = (*comparison)->make_template(embeddings);
    const bool can_be_judged =
        (*comparison)->expected_false_non_match(passed.match_fmr, all).has_value();
    if (embeddings.size() == pictures || !made || !can_be_judged) return std::nullopt;
    return JoiningFrames{all - static_cast<int>(pictures), all,
                         vault.seal(*made, person_key, passed.enrolling.newest_id)};
}

}  // namespace accessd::biometrics
