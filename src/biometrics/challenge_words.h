#pragma once

#include "biometrics/biometric_validation.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace accessd::biometrics {

/// From when a challenge was made to when its frames must be here.
inline constexpr std::chrono::seconds kChallengeLife{60};

/// The words of a challenge, in order: "turn_left", "blink", "look_up".
std::vector<std::string> prompts_of(const std::string& challenge);

/// When frames come too late: the challenge's end, or the validation's.
inline TimePoint challenge_end(const BiometricValidation& validation)
{
    return std::min(validation.challenged_at + kChallengeLife, validation.validation.expires_at);
}

}  // namespace accessd::biometrics
