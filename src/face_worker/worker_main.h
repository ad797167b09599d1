#pragma once

#include "base/result.h"
#include "face_worker/worker_message.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace accessd::face_worker {

/// What a worker does with requests.
class WorkerTask {
public:
    virtual ~WorkerTask() = default;
    /// Exceptions end the worker: whatever state they left is gone with it.
    virtual Reply answer(const Request& request) = 0;
};

struct OpenedTask {
    std::unique_ptr<WorkerTask> task;
    ReadyNote note;
};

/// The life of a worker process, which ends when the server closes its end of the socket. `open` reads all files
/// that will ever be needed; then the sandbox closes, and only then the first request is read.
/// Returns the exit status, 0 when the server ended it.
int run_worker(std::int64_t memory_bytes, const std::function<Result<OpenedTask>()>& open);

}  // namespace accessd::face_worker
