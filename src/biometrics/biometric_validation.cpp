#include "biometrics/biometric_validation.h"

#include <cstdlib>

namespace accessd::biometrics {

std::string_view to_text(Part part)
{
    switch (part) {
    case Part::Face: return "face";
    case Part::Liveness: return "liveness";
    }
    std::abort();
}

std::vector<Part> remaining_parts(const BiometricValidation& validation)
{
    std::vector<Part> parts;
    if (!validation.face_done_at) parts.push_back(Part::Face);
    if (validation.needs_liveness && !validation.liveness_done_at) parts.push_back(Part::Liveness);
    return parts;
}

}  // namespace accessd::biometrics
