#pragma once

#include "store/sql/database.h"

#include <memory>
#include <string>

namespace accessd::store {

/// Another database, with a span for each read and write that a traced request, or other traced work, asks for. What asks by
/// itself (leases, housekeeping) is left out: it would fill a collector with what nobody waits for. Of a write the span
/// says how long it stood in the queue and how long its statements took; the rest is the commit.
class TracedDatabase final : public Database {
public:
    /// `system`: "sqlite", "postgresql", OpenTelemetry's name of the engine.
    TracedDatabase(std::unique_ptr<Database> inner, std::string system);
    ~TracedDatabase() override;
    TracedDatabase(const TracedDatabase&) = delete;
    TracedDatabase& operator=(const TracedDatabase&) = delete;

    bool is_healthy() override { return inner_->is_healthy(); }

protected:
    Result<void> run_write(const Claims& claims, const WriteJob& job) override;
    void run_write_later(const Claims& claims, WriteJob job, WriteDone done) override;
    Result<void> run_read(const ReadJob& job) override;

private:
    std::unique_ptr<Database> inner_;
    std::string system_;
};

}  // namespace accessd::store
