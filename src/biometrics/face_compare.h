#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "biometrics/face_index.h"
#include "biometrics/face_reader.h"
#include "config/config.h"
#include "limits/limit_store.h"

#include <string>
#include <vector>

namespace accessd::biometrics {

/// Who asks, for the limit: a key, and whom it asks for.
struct StandAloneCaller {
    std::string key_id;
    std::string client_ip;  ///< Empty: not told.
};

/// The answers to one probe.
struct ComparedFaces {
    std::vector<face::Compared> results;  ///< Of each picture of the gallery.
    limits::Decision limit;
};
struct SearchedFaces {
    std::vector<FoundPerson> people;  ///< Empty: unknown.
    std::size_t searched = 0;         ///< How many faces were compared with.
    limits::Decision limit;
};
struct DetectedFaces {
    face::Analysis analysis;
    limits::Decision limit;
};

/// Comparing, searching and finding faces by themselves: api.md, section 6. Nothing is stored, and nobody is logged in.
/// Threads: safe to call concurrently.
class FaceCompare {
public:
    struct Parts {
        FaceReader reader;
        FaceIndex& index;
        limits::LimitStore& limits;
        Clock& clock;
        config::Biometrics settings{};
    };
    explicit FaceCompare(Parts parts) : parts_(parts) {}

    /// Errors: RateLimited; InvalidImage; FaceRejected (with `details.index` of the gallery's picture);
    /// BiometricsUnavailable; Busy.
    Result<ComparedFaces> compare(const StandAloneCaller& caller, const std::string& probe,
                                  const std::vector<std::string>& gallery, double match_fmr);
    /// Errors: as compare; MethodDisabled where the operator hasn't switched searching on.
    Result<SearchedFaces> search(const StandAloneCaller& caller, const std::string& project_id,
                                 const std::string& picture, double match_fmr,
                                 std::size_t results_max);
    /// Errors: RateLimited; InvalidImage; BiometricsUnavailable; Busy.
    Result<DetectedFaces> detect(const StandAloneCaller& caller, const std::string& picture);

private:
    Result<limits::Decision> count(const StandAloneCaller& caller);

    Parts parts_;
};

}  // namespace accessd::biometrics
