#pragma once

#include "base/result.h"

#include <cstdint>

namespace accessd::face_worker {

/// This process was built with a sanitizer, which needs memory and system calls of its own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kIsSanitized = true;
#else
inline constexpr bool kIsSanitized = false;
#endif

/// The descriptor on which a worker finds its socket.
inline constexpr int kWorkerSocket = 3;

/// Closes this process in, for good: afterwards it can receive from and send to kWorkerSocket, get and give back
/// plain memory, look at the clock and end. Any other system call ends it at once: no file, no network, no
/// other process, no code that it did not bring.
/// - All other descriptors are closed; new ones can't be made.
/// - Address space is limited to `memory_bytes` (not under sanitizers; the server watches there).
/// - No dump of memory is written, and nobody of the same user may look into it.
/// - It is the first to go when the machine runs out of memory.
/// CPU time is the server's to limit, before each request.
/// Errors: Internal with a sentence for the operator; whoever gets one must not look at pictures.
Result<void> enter_sandbox(std::int64_t memory_bytes);

}  // namespace accessd::face_worker
