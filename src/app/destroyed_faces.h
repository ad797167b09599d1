#pragma once

#include "base/result.h"
#include "biometrics/face_store.h"

#include <cstdint>
#include <optional>
#include <string>

namespace accessd::app {

/// Copies what the store names as destroyed into the list beside it (store/destroyed_list.h), which no backup holds.
/// Threads: one at a time.
class DestroyedFaces {
public:
    DestroyedFaces(biometrics::FaceStore& faces, std::string data_dir);

    /// Appends what is new since the last call, or since the file was written. Errors: StoreUnavailable.
    Result<void> keep();

private:
    biometrics::FaceStore& faces_;
    std::string file_;
    std::optional<std::int64_t> last_;  ///< Of the file; nothing until it was read.
};

}  // namespace accessd::app
