#include "biometrics/face_record.h"

#include <cstdlib>

namespace accessd::biometrics {

std::string_view to_text(FaceStatus status)
{
    switch (status) {
    case FaceStatus::Provisional: return "provisional";
    case FaceStatus::Active: return "active";
    }
    std::abort();
}

std::optional<FaceStatus> parse_face_status(std::string_view text)
{
    for (const auto status : {FaceStatus::Provisional, FaceStatus::Active}) {
        if (text == to_text(status)) return status;
    }
    return std::nullopt;
}

std::string_view to_text(SeenAs seen_as)
{
    switch (seen_as) {
    case SeenAs::Enrolled: return "enrolled";
    case SeenAs::Matched: return "matched";
    case SeenAs::Live: return "live";
    }
    std::abort();
}

std::optional<SeenAs> parse_seen_as(std::string_view text)
{
    for (const auto seen_as : {SeenAs::Enrolled, SeenAs::Matched, SeenAs::Live}) {
        if (text == to_text(seen_as)) return seen_as;
    }
    return std::nullopt;
}

bool refuses_liveness(const SeenPicture& seen, std::string_view validation_id)
{
    return seen.seen_as != SeenAs::Matched || seen.validation_id != validation_id;
}

}  // namespace accessd::biometrics
