#pragma once

#include "face_worker/face_pool.h"
#include "support/probe_requests.h"

#include <gtest/gtest.h>

#include <string>

namespace accessd::test {

/// Settings of a pool of probe workers. Times are long enough for a busy machine, memory for sanitizers.
inline face_worker::FacePoolSettings probe_settings(const std::string& way = "ready")
{
    face_worker::FacePoolSettings settings;
    settings.command.program = ACCESSD_FACE_WORKER_PROBE;
    settings.command.arguments = {way};
    settings.command.memory_bytes = 1024LL * 1024 * 1024;
    settings.workers = 2;
    settings.places = 8;
    settings.wait = std::chrono::seconds{20};
    settings.request_time = std::chrono::seconds{20};
    return settings;
}

/// A pool that was started, with its metrics.
struct ProbePool {
    explicit ProbePool(face_worker::FacePoolSettings settings = probe_settings())
        : pool(std::move(settings), metrics)
    {
        pool.start();
    }

    /// Empty when the worker was lost.
    std::optional<face_worker::Reply> ask(Probe probe, std::string_view body = {})
    {
        auto lease = pool.lease();
        if (!lease) {
            ADD_FAILURE() << lease.error().detail;
            return std::nullopt;
        }
        return lease->ask(kind(probe), body);
    }

    bool echoes(const std::string& text)
    {
        const auto reply = ask(Probe::Echo, text);
        return reply && reply->body == text;
    }

    metrics::Metrics metrics;
    face_worker::FacePool pool;
};

}  // namespace accessd::test
