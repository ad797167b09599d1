#include "app/housekeeper.h"

#include "base/log.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace accessd::app {
namespace {

/// Small enough that a login behind one waits a few milliseconds at most.
constexpr int kExpireRows = 200;
constexpr int kPruneRows = 500;
/// A browser may ask for another code as long as its login could have lasted. Source: api.md, section 7.
constexpr auto kRenewable = std::chrono::minutes{15};

constexpr auto kTick = std::chrono::seconds{1};  // Revocations hold everywhere within 2 s.
constexpr int kKeyTicks = 2;                     // Keyring::kPepperAhead leaves time for more.
constexpr int kRotateTicks = 600;

constexpr auto kExpirePause = std::chrono::seconds{5};
constexpr auto kPrunePause = std::chrono::seconds{10};
constexpr auto kRetainPause = std::chrono::hours{1};  // Settings count days.

/// Between two batches: several times as long as one takes, so that logins get most of the writer.
/// Source: docs/decisions/0097-housekeeping-at-scale.md.
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
    sweeper_ = std::thread{[this] { sweep(); }};
}

void Housekeeper::stop()
{
    {
        const std::scoped_lock lock{mutex_};
        is_stopping_ = true;
    }
    stopping_.notify_all();
    if (thread_.joinable()) thread_.join();
    if (sweeper_.joinable()) sweeper_.join();
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
            if (tick % kRotateTicks == 0) rotate();
        } catch (const std::exception& problem) {
            log::error("housekeeping met a bug", {{"detail", problem.what()}});
        }
        next_tick = std::chrono::steady_clock::now() + kTick;
        ++tick;
    }
    keep_destroyed_faces();
}

void Housekeeper::sweep()
{
    auto retain_at = std::chrono::steady_clock::now() + parts_.retain_first;
    for (;;) {
        {
            std::unique_lock lock{mutex_};
            const auto next = std::min({expire_at_, prune_at_, retain_at});
            if (stopping_.wait_until(lock, next, [this] { return is_stopping_; })) return;
        }
        try {
            sweep_small();
            if (std::chrono::steady_clock::now() < retain_at) continue;
            retain();
        } catch (const std::exception& problem) {
            log::error("housekeeping met a bug", {{"detail", problem.what()}});
        }
        retain_at = std::max(retain_at, std::chrono::steady_clock::now()) + kRetainPause;
    }
}

/// What comes every few seconds; also between the batches of what takes long.
void Housekeeper::sweep_small()
{
    const auto now = std::chrono::steady_clock::now();
    if (now >= expire_at_) {
        expire_at_ = now + kExpirePause;
        expire();
    }
    if (now >= prune_at_) {
        prune_at_ = now + kPrunePause;
        prune();
    }
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

/// Until a step has fewer rows than it may take. False: it is time to stop.
template <class Step>
bool Housekeeper::in_batches(std::string_view task, int rows_max, Step step)
{
    for (;;) {
        const auto taken = step(rows_max);
        if (!taken) report(task, taken.error());
        if (!taken || *taken < rows_max) return true;
        if (!pause()) return false;
    }
}

void Housekeeper::expire()
{
    in_batches("expire", kExpireRows,
               [this](int rows) { return parts_.validations.expire(parts_.clock.now(), rows); });
}

void Housekeeper::prune()
{
    const auto now = parts_.clock.now();
    const auto drop = [this](std::string_view task, auto step) {
        return in_batches(task, kPruneRows, step);
    };
    const bool is_done =
        drop("limits", [&](int rows) { return parts_.limits.prune(now, rows); }) &&
        drop("idempotency", [&](int rows) { return parts_.idempotency.prune(now, rows); }) &&
        drop("failures", [&](int rows) { return parts_.locks.prune(now, rows); }) &&
        drop("login codes",
             [&](int rows) { return parts_.login_codes.prune(now - kRenewable, rows); }) &&
        drop("proofs", [&](int rows) { return parts_.browser_logins.prune(now, rows); }) &&
        drop("revocations", [&](int rows) { return parts_.revocation_store.prune(now, rows); }) &&
        drop("faces", [&](int rows) { return parts_.biometrics.prune(now, rows); });
    if (!is_done) return;
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
    const auto let_others_pass = [this] {
        sweep_small();
        return pause();
    };
    if (auto done = retention.run(let_others_pass); !done) {
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
