#pragma once

#include "base/result.h"
#include "face/analysis.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::face {

/// Whether pictures can be looked at, and if not, why. For readiness, doctor and the log.
struct Availability {
    bool is_on = false;
    std::string reason;  ///< A sentence for the operator that says what to mend; empty while on.
    std::string model;   ///< Embedding::model of what is loaded; empty until a worker was ready.
    bool has_passive = false;  ///< Presentation-attack models are installed.
};

/// Looks at the pictures that people send. The server's own process never decodes one: it hands the bytes to
/// worker processes (face_worker/), which decode, turn upright and analyse.
/// Threads: safe to call concurrently. Calls wait for a worker, bounded by its time limit.
class Analyst {
public:
    virtual ~Analyst() = default;

    /// `image`: the JPEG or PNG as it came, after base64.
    /// Errors:
    /// - InvalidImage (400): not such an image, too large, or broken; the message says which;
    /// - FaceRejected (422) with `reason` "unreadable": this very picture has cost a worker before;
    /// - BiometricsUnavailable (503): no models, no worker, or the worker ended over this request;
    /// - Busy (503) with Retry-After: the queue is full, or no worker became free in time.
    /// A picture without a face, or with a bad one, is no error: the Analysis says so.
    virtual Result<Analysis> analyse(std::string_view image, const Wanted& wanted) = 0;

    /// The frames of one request, in order, by one worker: one place in the queue, whatever their number. Fails
    /// with the error of the first that can't be analysed; `details.index` counts from 0.
    virtual Result<std::vector<Analysis>> analyse_all(std::span<const std::string> images,
                                                      const Wanted& wanted) = 0;

    virtual Availability availability() const = 0;
};

}  // namespace accessd::face
