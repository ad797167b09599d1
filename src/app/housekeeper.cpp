#include "app/housekeeper.h"

#include "base/log.h"

#include <exception>
#include <utility>

namespace accessd::app {
namespace {

/// Small enough that a login behind it waits a few milliseconds at most.
constexpr int kExpireRows = 200;
/// A browser may ask for another code as long as its login could have lasted. Source: api.md, section 7.
constexpr auto kRenewable = std::chrono::minutes{15};
constexpr int kPruneRows = 2000;

constexpr auto kTick = std::chrono::seconds{1};  // Revocations hold everywhere within 2 s.
constexpr int kKeyTicks = 2;                     // Keyring::kPepperAhead leaves time for more.
constexpr int kExpireTicks = 5;
constexpr int kPruneTicks = 10;
constexpr int kRotateTicks = 600;
constexpr int kRetainTicks = 3600;  // Settings count days.
constexpr int kRetainTick = 60;     // Not while a server is just starting.

/// Between two batches: as long again as one takes, so that logins get at least half of the writer.
constexpr auto kBatchPause = std::chrono::milliseconds{20};

void report(std::string_view task, const Error& error)
{
    log::warn("housekeeping failed; it comes round again",
              {{"task", task}, {"code", to_text(error.code)}, {"detail", error.detail}});
}

}  // namespace

Housekeeper::Housekeeper(Parts parts) : parts_(std::move(parts)) {}

Housekeeper::~Housekeeper() { stop(); }

void Housekeeper::start()
{
    thread_ = std::thread{[this] { run(); }};
}

void Housekeeper::stop()
{
    {
        const std::scoped_lock lock{mutex_};
        is_stopping_ = true;
    }
    stopping_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Housekeeper::run()
{
    auto next_tick = std::chrono::steady_clock::now() + kTick;
    for (int tick = 0;;) {
        bool is_called = false;
        {
            std::unique_lock lock{mutex_};
            stopping_.wait_until(lock, next_tick, [this] { return is_stopping_ || is_called_; });
            if (is_stopping_) break;
            is_called = std::exchange(is_called_, false);
        }
        try {
            refresh(is_called || tick % kKeyTicks == 0);
            if (std::chrono::steady_clock::now() < next_tick) continue;
            keep_destroyed_faces();
            if (tick % kExpireTicks == 0) expire();
            if (tick % kPruneTicks == 0) prune();
            if (tick % kRotateTicks == 0) rotate();
            if (tick % kRetainTicks == kRetainTick) retain();
        } catch (const std::exception& problem) {
            log::error("housekeeping met a bug", {{"detail", problem.what()}});
        }
        next_tick = std::chrono::steady_clock::now() + kTick;
        ++tick;
    }
    keep_destroyed_faces();
}

/// Also when it ends: a backup of before may be put back while the server is stopped.
void Housekeeper::keep_destroyed_faces()
{
    if (auto kept = parts_.destroyed_faces.keep(); !kept) report("destroyed faces", kept.error());
}

void Housekeeper::refresh_soon()
{
    {
        const std::scoped_lock lock{mutex_};
        is_called_ = true;
    }
    stopping_.notify_all();
}

void Housekeeper::refresh(bool keys_too)
{
    if (auto done = parts_.revocations.refresh(); !done) report("revocations", done.error());
    if (!keys_too) return;
    if (auto done = parts_.keyring.refresh(); !done) report("keys", done.error());
}

void Housekeeper::expire()
{
    for (int marked = kExpireRows; marked >= kExpireRows;) {
        const auto expired = parts_.validations.expire(parts_.clock.now(), kExpireRows);
        if (!expired) return report("expire", expired.error());
        marked = *expired;
    }
}

void Housekeeper::prune()
{
    const auto now = parts_.clock.now();
    const auto windows = parts_.limits.prune(now, kPruneRows);
    if (!windows) report("limits", windows.error());
    const auto answers = parts_.idempotency.prune(now, kPruneRows);
    if (!answers) report("idempotency", answers.error());
    const auto failures = parts_.locks.prune(now, kPruneRows);
    if (!failures) report("failures", failures.error());
    const auto login_codes = parts_.login_codes.prune(now - kRenewable, kPruneRows);
    if (!login_codes) report("login codes", login_codes.error());
    const auto proofs = parts_.browser_logins.prune(now, kPruneRows);
    if (!proofs) report("proofs", proofs.error());
    const auto revocations = parts_.revocation_store.prune(now, kPruneRows);
    if (!revocations) report("revocations", revocations.error());
    const auto faces = parts_.biometrics.prune(now, kPruneRows);
    if (!faces) report("faces", faces.error());
    const auto sessions = parts_.console_sessions.keep_house(kPruneRows);
    if (!sessions) report("sessions", sessions.error());
}

void Housekeeper::rotate()
{
    if (auto rotated = parts_.keyring.rotate(parts_.pepper_life); !rotated) {
        report("peppers", rotated.error());
    }
    if (auto rotated = parts_.signing_keys.rotate(parts_.signing_key_life); !rotated) {
        report("signing keys", rotated.error());
    }
}

void Housekeeper::retain()
{
    Retention retention{parts_.retention, parts_.faces, parts_.projects, parts_.clock};
    if (auto done = retention.run([this] { return pause(); }); !done) {
        report("retention", done.error());
    }
}

/// False when it is time to stop.
bool Housekeeper::pause()
{
    std::unique_lock lock{mutex_};
    return !stopping_.wait_for(lock, kBatchPause, [this] { return is_stopping_; });
}

}  // namespace accessd::app
