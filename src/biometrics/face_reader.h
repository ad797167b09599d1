#pragma once

#include "base/result.h"
#include "face/analysis.h"
#include "face/analyst.h"
#include "face/comparison.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::biometrics {

/// What looks at faces: the workers that analyse pictures, and what compares the numbers that they find.
struct FaceTools {
    face::Analyst* analyst = nullptr;              ///< Null: none is installed.
    const face::Comparison* comparison = nullptr;  ///< Null: there are no models.
    bool has_passive = false;                      ///< A presentation-attack model is installed.
};

/// Reads pictures with the rules of api.md, section 6: each must show exactly one usable face.
/// Threads: safe to call concurrently.
class FaceReader {
public:
    explicit FaceReader(FaceTools tools) : tools_(tools) {}

    /// The face of a picture: an analysis with embedding and fingerprint, of liveness too where wanted.
    /// Errors: InvalidImage; FaceRejected with `details.reason` and `.hint`; BiometricsUnavailable; Busy.
    Result<face::Analysis> read(std::string_view picture, face::Purpose purpose,
                                bool with_passive = false) const;
    /// Several of one person, by one worker. `details.index` names the one at fault.
    Result<std::vector<face::Analysis>> read_all(const std::vector<std::string>& pictures,
                                                 face::Purpose purpose) const;
    /// Those of several that are good enough, in their order; nothing for the others. Errors: as read_all, but for
    /// FaceRejected of what was looked at.
    Result<std::vector<std::optional<face::Analysis>>> read_fit(
        const std::vector<std::string>& pictures, face::Purpose purpose) const;
    /// The frames of a challenge, as they are: what is wrong with them is judged with the rest.
    Result<std::vector<face::Analysis>> read_frames(const std::vector<std::string>& frames) const;
    /// What is in a picture, whatever it is.
    Result<face::Analysis> detect(std::string_view picture) const;

    /// Errors: BiometricsUnavailable.
    Result<const face::Comparison*> comparison() const;
    bool has_passive() const { return tools_.has_passive; }

private:
    Result<face::Analyst*> analyst() const;

    FaceTools tools_;
};

/// FACE_REJECTED for the weightiest of the issues.
Error rejected(face::Issue issue);

}  // namespace accessd::biometrics
