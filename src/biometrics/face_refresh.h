#pragma once

#include "base/clock.h"
#include "base/secret.h"
#include "biometrics/biometric_store.h"
#include "biometrics/face_reader.h"
#include "biometrics/face_vault.h"
#include "biometrics/known_faces.h"

#include <chrono>
#include <optional>
#include <string>

namespace accessd::biometrics {

/// A stranger reaches what a refresh asks for so many times less often than what the flow asks of a login.
inline constexpr double kRefreshFmrFactor = 0.1;
/// A picture of the same day says little new.
inline constexpr auto kRefreshEvery = std::chrono::hours{24};

/// A login's picture that is compared with from then on, beside those that the person enrolled: people age, grow
/// beards and buy glasses. Whoever got in once must not be able to move what is compared with towards himself, so
/// (docs/decisions/0091-faces-that-are-refreshed.md):
/// - it must be far nearer to the enrolled pictures than a login asks, and only they are asked;
/// - it is one at most, and takes the place of the one before;
/// - it alone lets nobody in: KnownFace::compare.
/// Reads the picture anew, as strictly as one that is enrolled. Nothing where it isn't to be kept, for
/// whatever reason: a login doesn't fail over it.
/// Threads: safe to call concurrently.
std::optional<FaceRefresh> make_refresh(const KnownFace& known, const Secret& person_key,
                                        const std::string& picture, double match_fmr, TimePoint now,
                                        const FaceReader& reader, const FaceVault& vault);

}  // namespace accessd::biometrics
