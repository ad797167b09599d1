#pragma once

#include "access/validation.h"
#include "base/clock.h"
#include "projects/project.h"

#include <optional>
#include <string>
#include <vector>

namespace accessd::biometrics {

/// What a validation by face asks for.
enum class Part { Face, Liveness };

std::string_view to_text(Part part);  ///< "face".

/// A validation whose proof is a face: a picture that matches, and one that shows a living person. Its
/// `channel` is biometric, its `recipient` the user's id, or for a decoy what the caller named.
struct BiometricValidation {
    access::Validation validation;
    std::string face_id;         ///< That it enrols; empty: compares with what is enrolled.
    bool replaces = false;       ///< That face takes the place of all earlier ones.
    bool advances_login = true;  ///< False: only enrols, after a login that is complete.
    bool needs_liveness = true;
    /// Frames of its challenge join the face that it enrols: so it has to be performed, whatever the flow asks for.
    bool takes_frames = false;
    std::string challenge;  ///< face/challenge.h, as text.
    TimePoint challenged_at;
    std::optional<TimePoint> face_done_at;
    std::optional<TimePoint> liveness_done_at;
    std::optional<projects::Assurance> assurance;  ///< Once liveness is done.

    bool is_done() const { return face_done_at && (liveness_done_at || !needs_liveness); }
};

/// The parts that are still to be done.
std::vector<Part> remaining_parts(const BiometricValidation& validation);

}  // namespace accessd::biometrics
