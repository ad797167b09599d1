#include "biometrics/replay_check.h"

#include "face/fingerprint.h"

#include <algorithm>

namespace accessd::biometrics {

void ReplayCheck::add(std::string_view picture, face::Fingerprint print)
{
    shown_.push_back({FaceVault::digest_of(picture, digest_key_), std::move(print)});
}

std::vector<std::string> ReplayCheck::digests() const
{
    std::vector<std::string> digests;
    for (const auto& shown : shown_) digests.push_back(shown.digest);
    return digests;
}

bool ReplayCheck::is_replay(const std::vector<SeenPicture>& seen) const
{
    return std::any_of(seen.begin(), seen.end(), [&](const SeenPicture& earlier) {
        if (!refuses_liveness(earlier, validation_id_)) return false;
        const auto is_exact = [&](const Shown& shown) { return shown.digest == earlier.digest; };
        if (std::any_of(shown_.begin(), shown_.end(), is_exact)) return true;
        const auto print = vault_.open_print(earlier.sealed_print, person_key_, earlier.digest);
        if (!print) return false;
        return std::any_of(shown_.begin(), shown_.end(), [&](const Shown& shown) {
            return face::same_picture(shown.print, *print);
        });
    });
}

std::vector<SeenPicture> ReplayCheck::seen_as(SeenAs seen_as, TimePoint now) const
{
    std::vector<SeenPicture> pictures;
    for (const auto& shown : shown_) {
        pictures.push_back({shown.digest, seen_as, validation_id_,
                            vault_.seal(face::kept_part(shown.print), person_key_, shown.digest),
                            now});
    }
    return pictures;
}

}  // namespace accessd::biometrics
