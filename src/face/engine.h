#pragma once

#include "base/result.h"
#include "face/analysis.h"
#include "face/models.h"
#include "face/picture.h"

#include <memory>
#include <string>

namespace accessd::face {

/// Finds and measures faces with the installed models. It knows pictures, and nothing of HTTP, people
/// or what is enrolled. Made for a worker process: opening reads files, analysing reads none.
/// Threads: one Engine for all; analyse is safe to call concurrently and runs on the caller's thread.
class Engine {
public:
    /// Loads ONNX Runtime and the models, and checks each by an input with a known output: 0.5 s,
    /// about 170 MB. Errors: Internal, with what is missing or broken and how to mend it in `detail`;
    /// callers make BIOMETRICS_UNAVAILABLE of it.
    static Result<std::unique_ptr<Engine>> open(const Models& models);
    ~Engine();

    /// What is in the picture. A picture without a usable face is a success with `issues`.
    /// Errors: InvalidRequest where the picture is not whole or larger than 16 megapixels;
    /// Internal where a model fails.
    Result<Analysis> analyse(const Picture& picture, const Wanted& wanted) const;

private:
    struct Parts;
    explicit Engine(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace accessd::face
