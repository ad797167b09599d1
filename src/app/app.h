#pragma once

#include "app/admin_socket.h"
#include "app/change_signal.h"
#include "app/parts.h"
#include "base/adjusted_clock.h"
#include "base/random.h"
#include "base/result.h"
#include "config/config.h"
#include "http/router.h"
#include "http/server.h"

#include <cstdint>
#include <memory>

namespace accessd::app {

/// The whole server: its parts, its routes and its sockets. The composition root.
class App {
public:
    /// Opens the store, applies migrations, reads the keys, binds the ports. Nothing is answered before
    /// start(). Errors carry a sentence that names the setting to change.
    static Result<std::unique_ptr<App>> create(const config::Config& config);
    ~App();

    void start();
    /// Not ready first; then requests that run are answered, workers hand back what they hold.
    void stop();

    /// See http::Server.
    void reload_certificate(http::Server::Reload when) { server_->reload_certificate(when); }

    std::uint16_t port(http::Listener listener) const { return server_->port(listener); }
    Parts& parts() { return *parts_; }

private:
    App() = default;
    void add_api_routes(Parts& parts, bool with_docs);
    void add_operations_routes(Parts& parts);

    AdjustedClock clock_;
    ChangeSignal changes_;
    SystemRandom random_;
    std::unique_ptr<Parts> parts_;
    http::Router api_router_;
    http::Router operations_router_;
    std::unique_ptr<AdminCommands> admin_commands_;
    std::unique_ptr<AdminSocket> admin_socket_;
    std::unique_ptr<http::Server> server_;  // Last in, first out: it stops before what it calls.
    bool is_running_ = false;
};

}  // namespace accessd::app
