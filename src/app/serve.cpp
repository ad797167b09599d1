#include "app/serve.h"

#include "admin/admin_handlers.h"
#include "app/app.h"
#include "app/master_key.h"
#include "app/quick_start.h"
#include "app/reload.h"
#include "app/trace_exporter.h"
#include "base/log.h"

#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <optional>
#include <utility>

namespace accessd::app {
namespace {

/// How often the certificate's files are looked at.
constexpr timespec kCertificateCheck{.tv_sec = 10, .tv_nsec = 0};

/// The signals that end the server, or make it read its configuration and certificate again (SIGHUP). Blocked before any
/// thread starts, so that only wait() sees them.
class Signals {
public:
    Signals()
    {
        sigemptyset(&set_);
        sigaddset(&set_, SIGINT);
        sigaddset(&set_, SIGTERM);
        sigaddset(&set_, SIGHUP);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        std::signal(SIGPIPE, SIG_IGN);  // A client that left is an error of its write, not our end.
    }

    /// Until the server shall end. A second signal while stopping ends the process the hard way.
    void wait(App& app, Reload& reload) const
    {
        using When = http::Server::Reload;
        int signal = 0;
        while (signal != SIGINT && signal != SIGTERM) {
            signal = sigtimedwait(&set_, nullptr, &kCertificateCheck);
            if (signal == SIGHUP) reload.run();
            if (signal == SIGHUP) app.reload_certificate(When::Always);
            if (signal < 0) app.reload_certificate(When::IfChanged);
        }
        log::info("stopping", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
        pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
    }

private:
    sigset_t set_{};
};

/// Traces, where the environment asks for them.
class TraceExporting {
public:
    explicit TraceExporting(Parts& parts)
    {
        auto settings = trace_settings_of_environment();
        if (!settings) return;
        exporter_.emplace(*std::move(settings), *parts.operators_http, parts.metrics);
        exporter_->start();
    }
    void stop()
    {
        if (exporter_) exporter_->stop();
    }

private:
    std::optional<TraceExporter> exporter_;
};

int fail(const Error& error)
{
    std::cerr << "accessd: " << (error.message.empty() ? error.detail : error.message) << '\n';
    return 1;
}

/// In development nobody runs `accessd init` first.
Result<void> make_missing_master_key(const config::Config& config)
{
    std::error_code problem;
    const auto file = config.master_key_file();
    if (std::getenv("ACCESSD_MASTER_KEY") != nullptr) return {};
    if (std::filesystem::exists(file, problem)) return {};
    if (!std::filesystem::exists(config.store.data_dir, problem)) {
        std::filesystem::create_directories(config.store.data_dir, problem);
        std::filesystem::permissions(config.store.data_dir, std::filesystem::perms::owner_all,
                                     problem);
    }
    SystemRandom random;
    ACCESSD_CHECK(make_master_key(file, random));
    return {};
}

/// With no admin yet, somebody has to become the owner: who reads this output may. Quiet when there is one.
Result<void> tell_first_link(Parts& parts, const std::string& url)
{
    ACCESSD_TRY(const auto link, parts.console_sessions.make_first_link());
    if (!link) return {};
    std::cout
        << "accessd has no administrator yet. Who opens this link first, within 24 hours, becomes its "
           "owner:\n\n    "
        << admin::link_url(url, link->secret)
        << "\n\nOr name one: accessd admin invite --email ADDRESS --role owner\n"
        << std::flush;
    return {};
}

}  // namespace

int serve(config::Config config, bool is_dev, ReadConfig read)
{
    const auto as_read = config;
    log::configure(config.log.level, config.log.format);
    const Signals signals;
    if (is_dev) {
        if (const auto made = make_missing_master_key(config); !made) return fail(made.error());
    }
    auto app = App::create(config);
    if (!app) return fail(app.error());
    TraceExporting tracing{(*app)->parts()};
    (*app)->start();
    if (config.server.public_url.empty()) config.server.port = (*app)->port(http::Listener::Api);
    if (is_dev) {
        const auto prepared =
            prepare_quick_start((*app)->parts(), config.store.data_dir, config.public_url());
        if (!prepared) return fail(prepared.error());
        std::cout << quick_start_text(*prepared, config.server.docs) << std::flush;
    }
    if (const auto told = tell_first_link((*app)->parts(), config.public_url()); !told) {
        return fail(told.error());
    }
    Reload reload{(*app)->parts(), as_read, std::move(read)};
    signals.wait(**app, reload);
    (*app)->stop();
    tracing.stop();
    log::info("stopped");
    return 0;
}

}  // namespace accessd::app
