#include "biometrics/face_reader.h"

#include <chrono>

namespace accessd::biometrics {
namespace {

using face::Purpose;

constexpr std::chrono::seconds kRetryAfter{30};

Error unavailable()
{
    Error error{ErrorCode::BiometricsUnavailable, "no face models or workers"};
    error.retry_after = kRetryAfter;
    return error;
}

/// A usable face with all that was wanted.
Result<void> check(const face::Analysis& analysis)
{
    if (!analysis.issues.empty()) return rejected(analysis.issues.front());
    if (!analysis.embedding || !analysis.fingerprint) return rejected(face::Issue::NoFace);
    return {};
}

face::Wanted wanted_for(Purpose purpose)
{
    face::Wanted wanted;
    wanted.purpose = purpose;
    wanted.embedding = true;
    wanted.fingerprint = true;
    return wanted;
}

}  // namespace

Error rejected(face::Issue issue)
{
    const std::string hint{face::hint(issue)};
    return Error{ErrorCode::FaceRejected}
        .with("reason", std::string{face::to_text(issue)})
        .with("hint", hint)
        .saying(hint);
}

Result<const face::Comparison*> FaceReader::comparison() const
{
    if (tools_.comparison == nullptr) return unavailable();
    return tools_.comparison;
}

Result<face::Analyst*> FaceReader::analyst() const
{
    if (tools_.analyst == nullptr) return unavailable();
    return tools_.analyst;
}

Result<face::Analysis> FaceReader::read(std::string_view picture, Purpose purpose,
                                        bool with_passive) const
{
    ACCESSD_TRY(auto* const analyst, this->analyst());
    auto wanted = wanted_for(purpose);
    wanted.passive = with_passive && tools_.has_passive;
    ACCESSD_TRY(auto analysis, analyst->analyse(picture, wanted));
    ACCESSD_CHECK(check(analysis));
    return analysis;
}

Result<std::vector<face::Analysis>> FaceReader::read_all(const std::vector<std::string>& pictures,
                                                         Purpose purpose) const
{
    ACCESSD_TRY(auto* const analyst, this->analyst());
    ACCESSD_TRY(auto analyses, analyst->analyse_all(pictures, wanted_for(purpose)));
    for (std::size_t i = 0; i < analyses.size(); ++i) {
        if (auto checked = check(analyses[i]); !checked) {
            return std::move(checked).error().with("index", static_cast<std::int64_t>(i));
        }
    }
    return analyses;
}

Result<std::vector<std::optional<face::Analysis>>> FaceReader::read_fit(
    const std::vector<std::string>& pictures, Purpose purpose) const
{
    ACCESSD_TRY(auto* const analyst, this->analyst());
    ACCESSD_TRY(auto analyses, analyst->analyse_all(pictures, wanted_for(purpose)));
    std::vector<std::optional<face::Analysis>> fit;
    for (auto& analysis : analyses) {
        const bool is_fit = check(analysis).has_value();
        fit.push_back(is_fit ? std::optional{std::move(analysis)} : std::nullopt);
    }
    return fit;
}

Result<std::vector<face::Analysis>> FaceReader::read_frames(
    const std::vector<std::string>& frames) const
{
    ACCESSD_TRY(auto* const analyst, this->analyst());
    auto wanted = wanted_for(Purpose::Frame);
    wanted.mesh = true;
    return analyst->analyse_all(frames, wanted);
}

Result<face::Analysis> FaceReader::detect(std::string_view picture) const
{
    ACCESSD_TRY(auto* const analyst, this->analyst());
    face::Wanted wanted;
    wanted.purpose = Purpose::Detect;
    wanted.embedding = false;
    return analyst->analyse(picture, wanted);
}

}  // namespace accessd::biometrics
