#include "http/server.h"

#include "base/log.h"
#include "http/connection.h"
#include "http/io_loop.h"
#include "http/listener.h"
#include "http/site.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

namespace accessd::http {
namespace {

/// How often a stop looks whether the last connection is gone.
constexpr std::chrono::milliseconds kStopPoll{10};

class SocketServer final : public Server {
public:
    SocketServer(const ServerSettings& settings, const Router& api_router,
                 const Router& operations_router, Guard& guard, Clock& clock, Random& random,
                 metrics::Metrics& metrics, OriginPolicy* origins)
        : shared_(settings, guard, clock, random, metrics),
          api_site_(shared_, api_router, metrics, origins),
          operations_site_(shared_, operations_router, metrics)
    {
        for (int i = 0; i < std::max(1, settings.io_threads); ++i) {
            loops_.push_back(std::make_unique<IoLoop>());
        }
    }

    ~SocketServer() override { SocketServer::stop(); }

    Result<void> open(const ListenerSettings& api, const ListenerSettings& operations)
    {
        api_settings_ = api;
        operations_settings_ = operations;
        ACCESSD_TRY(api_, ListeningSocket::open(api, "server.port", api_site_, loops_));
        ACCESSD_TRY(operations_, ListeningSocket::open(operations, "server.operations_port",
                                                       operations_site_, loops_));
        return {};
    }

    void start() override
    {
        shared_.workers.start();
        api_->start();
        operations_->start();
        log_listening("api", api_settings_, *api_);
        log_listening("operations", operations_settings_, *operations_);
        for (const auto& loop : loops_) loop->start();
        is_running_ = true;
    }

    void stop() override
    {
        if (!std::exchange(is_running_, false)) return;
        shared_.is_draining = true;
        std::this_thread::sleep_for(shared_.settings.drain);
        shared_.is_stopping = true;
        loops_.front()->post([this] {
            api_->close();
            operations_->close();
        });
        for (const auto& loop : loops_) {
            loop->post([&loop] {
                loop->for_each([](Connection& connection) { connection.on_stopping(); });
            });
        }
        const auto end = std::chrono::steady_clock::now() + shared_.settings.stop_timeout;
        while (shared_.connections > 0 && std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(kStopPoll);
        }
        // Workers hand their answers to loops, so those end last.
        shared_.workers.stop();
        while (shared_.answers_awaited > 0) std::this_thread::sleep_for(kStopPoll);
        for (const auto& loop : loops_) loop->stop();
        // The first loop may have ended before the call that was to do this.
        api_->close();
        operations_->close();
    }

    std::uint16_t port(Listener listener) const override
    {
        return listener == Listener::Api ? api_->port() : operations_->port();
    }

    void reload_certificate(Reload when) override
    {
        for (auto* socket : {api_.get(), operations_.get()}) {
            if (when == Reload::IfChanged && !socket->has_new_certificate()) continue;
            socket->reload_certificate();
        }
    }

private:
    static void log_listening(std::string_view name, const ListenerSettings& settings,
                              const ListeningSocket& socket)
    {
        log::info("listening", {{"listener", name},
                                {"address", settings.address},
                                {"port", int{socket.port()}},
                                {"tls", socket.is_tls() ? "yes" : "no"}});
    }

    Shared shared_;
    Site api_site_;
    Site operations_site_;
    std::vector<std::unique_ptr<IoLoop>> loops_;
    ListenerSettings api_settings_;
    ListenerSettings operations_settings_;
    std::unique_ptr<ListeningSocket>
        api_;  // Before their loops' end: they hold sockets of the first.
    std::unique_ptr<ListeningSocket> operations_;
    bool is_running_ = false;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::create(
    const ServerSettings& settings, const ListenerSettings& api, const Router& api_router,
    const ListenerSettings& operations, const Router& operations_router, Guard& guard, Clock& clock,
    Random& random, metrics::Metrics& metrics, OriginPolicy* origins)
{
    auto server = std::make_unique<SocketServer>(settings, api_router, operations_router, guard,
                                                 clock, random, metrics, origins);
    ACCESSD_CHECK(server->open(api, operations));
    return std::unique_ptr<Server>{std::move(server)};
}

}  // namespace accessd::http
