#include "users/imports.h"

#include "base/id.h"
#include "base/log.h"

#include <exception>
#include <utility>
#include <vector>

namespace accessd::users {
namespace {

constexpr auto kStopped =
    "The server was stopped before it was done. Nothing was changed; import the "
    "file again.";

}  // namespace

Imports::~Imports()
{
    {
        const std::scoped_lock lock{mutex_};
        is_stopping_ = true;
    }
    has_work_.notify_all();
    if (thread_.joinable()) thread_.join();
}

bool Imports::is_stopping()
{
    const std::scoped_lock lock{mutex_};
    return is_stopping_;
}

Result<Import> Imports::start(File file, const events::AuditEntry& audit)
{
    Import import;
    import.created_at = import.updated_at = parts_.clock.now();
    import.id = make_id("imp_", import.created_at, parts_.random);
    import.project_id = file.project_id;
    import.source_id = file.source_id;
    import.mode = file.mode;
    import.is_dry_run = file.is_dry_run;
    import.bytes = file.bytes;
    const std::scoped_lock lock{mutex_};
    if (jobs_.size() >= kWaitingMax) return Error{ErrorCode::Busy, "imports wait"};
    ACCESSD_CHECK(parts_.store.begin(import, audit.about(file.source_id, import.project_id)));
    jobs_.push_back({import, std::move(file)});
    if (!thread_.joinable()) thread_ = std::thread{[this] { work(); }};
    has_work_.notify_one();
    return import;
}

void Imports::work()
{
    for (;;) {
        Job job;
        {
            std::unique_lock lock{mutex_};
            has_work_.wait(lock, [&] { return is_stopping_ || !jobs_.empty(); });
            if (jobs_.empty()) return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        run(job);
    }
}

void Imports::run(Job& job)
{
    std::string problem;
    try {
        const auto done = take_in(job);
        if (done) return;
        problem = done.error().message.empty() ? "The server's store couldn't take it in."
                                               : done.error().message;
        log::warn("an import failed", {{"import_id", job.import.id},
                                       {"project_id", job.import.project_id},
                                       {"detail", done.error().detail}});
    } catch (const std::exception& exception) {
        problem = "The server failed; its log says more.";
        log::error("an import failed",
                   {{"import_id", job.import.id}, {"detail", exception.what()}});
    }
    const auto failed = parts_.store.fail(job.import, problem, job.file.test, parts_.clock.now());
    if (!failed) log::warn("a failed import isn't noted", {{"import_id", job.import.id}});
}

Result<void> Imports::take_in(Job& job)
{
    if (is_stopping()) return Error{ErrorCode::Busy, "stopped"}.saying(kStopped);
    ImportFile file{job.file.read, parts_.clock, parts_.random};
    if (auto problem = file.open(); !problem.empty()) {
        return Error{ErrorCode::InvalidRequest, "header"}.saying(std::move(problem));
    }
    ACCESSD_CHECK(read_rows(job, file));
    ACCESSD_TRY(const auto done,
                parts_.store.apply(job.import, file.columns(), job.file.test, parts_.clock.now()));
    log::info("an import is done", {{"import_id", done.id},
                                    {"project_id", done.project_id},
                                    {"rows", done.rows},
                                    {"refused", done.refused},
                                    {"added", done.added},
                                    {"changed", done.changed},
                                    {"removed", done.removed}});
    return {};
}

Result<void> Imports::read_rows(Job& job, ImportFile& file)
{
    for (bool is_more = true; is_more;) {
        std::vector<ImportRow> rows;
        std::vector<RefusedRow> refused;
        while (rows.size() + refused.size() < kBatch) {
            is_more = file.next(rows, refused);
            if (!is_more) break;
        }
        job.import.rows += static_cast<std::int64_t>(rows.size() + refused.size());
        job.import.bytes_read = file.bytes_read();
        job.import.updated_at = parts_.clock.now();
        ACCESSD_TRY(job.import, parts_.store.add_rows(job.import, rows, refused));
        if (is_more && is_stopping()) return Error{ErrorCode::Busy, "stopped"}.saying(kStopped);
    }
    return {};
}

}  // namespace accessd::users
