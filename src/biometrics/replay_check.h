#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "biometrics/face_record.h"
#include "biometrics/face_vault.h"
#include "face/analysis.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace accessd::biometrics {

/// Whether pictures were shown before: exactly, by anybody in the project, or as near copies (recompressed, resized,
/// mirrored, brightened, cropped a little) by the same person. For one person and one validation.
class ReplayCheck {
public:
    /// `digest_key` keys digests of the project's pictures, `person_key` opens the person's prints.
    ReplayCheck(const FaceVault& vault, Secret digest_key, Secret person_key,
                std::string validation_id)
        : vault_(vault),
          digest_key_(std::move(digest_key)),
          person_key_(std::move(person_key)),
          validation_id_(std::move(validation_id))
    {
    }

    /// A picture that the check is about.
    void add(std::string_view picture, face::Fingerprint print);

    std::vector<std::string> digests() const;

    /// Whether one of the pictures may not count as live, by what was seen. A print that doesn't open any more
    /// says nothing.
    bool is_replay(const std::vector<SeenPicture>& seen) const;

    /// The pictures as they are to be remembered.
    std::vector<SeenPicture> seen_as(SeenAs seen_as, TimePoint now) const;

private:
    struct Shown {
        std::string digest;
        face::Fingerprint print;
    };

    const FaceVault& vault_;
    Secret digest_key_;
    Secret person_key_;
    std::string validation_id_;
    std::vector<Shown> shown_;
};

}  // namespace accessd::biometrics
