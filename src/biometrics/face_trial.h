#pragma once

#include "biometrics/face_login.h"

#include <optional>
#include <string>
#include <vector>

namespace accessd::biometrics {

/// One call in a validation, and what is known of it so far.
struct FaceLogin::Trial {
    BiometricValidation found;
    ChosenFlow chosen;
    std::optional<access::Login> browser_login;
    std::string client;
    limits::Decision limit;
    Secret person_key;
    KnownFace known;  ///< Nothing of a decoy.
    std::optional<ReplayCheck> pictures;
    face::Compared compared;
    std::optional<double> score;
    std::optional<double> threshold;
    std::optional<FaceRefresh> refresh;
    std::vector<FaceRecord>
        earlier;  ///< Of whom this validation enrols; none where it replaces them.
    std::optional<JoiningFrames> frames;

    const access::Validation& validation() const { return found.validation; }
    projects::Assurance min_assurance() const
    {
        return found.takes_frames ? projects::Assurance::Active : chosen.min_assurance();
    }
};

}  // namespace accessd::biometrics
