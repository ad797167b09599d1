#pragma once

#include "base/secret.h"
#include "biometrics/biometric_store.h"
#include "biometrics/face_reader.h"
#include "biometrics/face_vault.h"
#include "biometrics/known_faces.h"
#include "face/analysis.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace accessd::biometrics {

/// A challenge that was passed in a validation that enrols a face.
struct PassedChallenge {
    const std::vector<std::string>& frames;
    const std::vector<face::Analysis>& analyses;  ///< Of each, as a frame.
    const KnownFace& enrolling;                   ///< The pictures of the face that it enrols.
    const KnownFace& earlier;  ///< The person's faces that stay beside it; none is asked of nobody.
    double match_fmr;
    std::function<bool(const face::Embedding&)> is_others;  ///< Taken for somebody else's.
};

/// The frames that join a face's pictures: the straightest, as many as there is room for. Each must be as good as a
/// picture that is enrolled, and match these pictures and the person's earlier faces as a login has to. Nothing where none
/// is, or for whatever other reason: a login doesn't fail over it. No frame is kept until then, nor its numbers
/// (docs/decisions/0099-frames-that-enrol.md).
/// Threads: safe to call concurrently.
std::optional<JoiningFrames> choose_frames(const PassedChallenge& passed, const Secret& person_key,
                                           const FaceReader& reader, const FaceVault& vault);

}  // namespace accessd::biometrics
