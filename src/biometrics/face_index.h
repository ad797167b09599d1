#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "biometrics/face_reader.h"
#include "biometrics/face_store.h"
#include "biometrics/face_vault.h"
#include "face/comparison.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

namespace accessd::biometrics {

/// Somebody whom a search found.
struct FoundPerson {
    std::string user_id;
    std::string face_id;
    face::Compared compared;
};

/// Every active face of a project, in memory, to be searched exactly: each search compares with all of them. Built
/// from the store when a project is first searched, and kept up with its changes, which are looked for at
/// each search: it knows what any node did before.
/// Threads: safe to call concurrently.
class FaceIndex {
public:
    FaceIndex(FaceStore& store, const FaceVault& vault, FaceReader reader, Clock& clock);
    ~FaceIndex();

    /// The people whose faces match at `match_fmr`, the best first and each once. Errors: BiometricsUnavailable,
    /// StoreUnavailable, Internal.
    Result<std::vector<FoundPerson>> search(const std::string& project_id,
                                            const face::Embedding& probe, double match_fmr,
                                            std::size_t results_max);
    /// How many faces a project has that can be searched.
    Result<std::size_t> size(const std::string& project_id);

private:
    struct Project;
    Result<std::shared_ptr<Project>> fresh(const std::string& project_id);
    Result<void> refresh(const std::string& project_id, Project& project,
                         const face::Comparison& comparison);

    FaceStore& store_;
    const FaceVault& vault_;
    FaceReader reader_;
    Clock& clock_;
    std::mutex mutex_;  ///< Guards what follows; each project has a lock of its own.
    std::map<std::string, std::shared_ptr<Project>> projects_;
};

}  // namespace accessd::biometrics
