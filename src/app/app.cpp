#include "app/app.h"

#include "app/master_key.h"
#include "app/rekey.h"
#include "app/store_place.h"
#include "app/trace_exporter.h"
#include "base/log.h"
#include "store/open_traced.h"

#include <utility>

namespace accessd::app {
namespace {

http::ServerSettings server_settings(const config::Server& server)
{
    http::ServerSettings settings;
    settings.io_threads = server.io_threads;
    settings.workers = server.workers;
    settings.queue_max = static_cast<std::size_t>(server.queue_max);
    settings.connections_max = static_cast<std::size_t>(server.connections_max);
    settings.connections_per_client_max =
        static_cast<std::size_t>(server.connections_per_client_max);
    settings.connections_per_client_exempt = server.connections_per_client_exempt;
    for (const auto& text : server.trusted_proxies) {
        if (const auto network = IpNetwork::parse(text)) {  // The configuration holds no others.
            settings.trusted_proxies.push_back(*network);
        }
    }
    settings.bodies_bytes_max = static_cast<std::size_t>(server.bodies_bytes_max);
    settings.header_timeout = server.header_timeout;
    settings.body_timeout = server.body_timeout;
    settings.silent_timeout = server.silent_timeout;
    settings.keep_alive_timeout = server.keep_alive_timeout;
    settings.write_timeout = server.write_timeout;
    settings.drain = server.drain;
    settings.stop_timeout = server.stop_timeout;
    return settings;
}

http::ListenerSettings api_listener(const config::Server& server)
{
    return {.address = server.address,
            .port = server.port,
            .tls_certificate_file = server.tls_certificate_file,
            .tls_key_file = server.tls_key_file};
}

http::ListenerSettings operations_listener(const config::Server& server)
{
    return {.address = server.operations_address,
            .port = server.operations_port,
            .tls_certificate_file = {},
            .tls_key_file = {}};
}

}  // namespace

Result<std::unique_ptr<App>> App::create(const config::Config& config)
{
    std::unique_ptr<App> app{new App};
    ACCESSD_TRY(const auto configured_key, read_master_key(config));
    Opened opened;
    auto place = place_of(config);
    place.changed = [&changes = app->changes_](const std::string&) { changes.raise(); };
    const bool is_traced = trace_settings_of_environment().has_value();
    ACCESSD_TRY(opened.stores, is_traced ? store::open_traced(place, app->clock_, app->random_)
                                         : store::open(place, app->clock_, app->random_));
    ACCESSD_TRY(
        const auto master_key,
        settle_master_key(config, configured_key, opened.stores->key_material(), app->clock_));
    ACCESSD_TRY(opened.keyring, crypto::Keyring::open(master_key, opened.stores->key_material(),
                                                      app->clock_, app->random_));
    ACCESSD_TRY(opened.signing_keys,
                tokens::SigningKeys::open(opened.stores->signing_keys(), *opened.keyring,
                                          app->clock_, app->random_));
    app->parts_ = std::make_unique<Parts>(config, std::move(opened), app->clock_, app->random_);
    auto& parts = *app->parts_;
    ACCESSD_CHECK(parts.revocations.refresh());
    ACCESSD_CHECK(parts.destroyed_faces
                      .keep());  // Before anybody is served from a store that was brought back.
    app->changes_.tell([&parts] { parts.forget_copies(); });

    app->add_api_routes(parts, config.server.docs);
    app->add_operations_routes(parts);
    ACCESSD_TRY(app->server_,
                http::Server::create(server_settings(config.server), api_listener(config.server),
                                     app->api_router_, operations_listener(config.server),
                                     app->operations_router_, parts.guard, app->clock_,
                                     app->random_, parts.metrics, &parts.known_origins));
    auto reached = config;  // Where, is known now: a port of 0 was any.
    if (reached.server.port == 0) reached.server.port = app->port(http::Listener::Api);
    app->admin_commands_ = std::make_unique<AdminCommands>(
        parts.api_keys, parts.admins, parts.console_sessions, parts.stores, reached.public_url());
    ACCESSD_TRY(app->admin_socket_,
                AdminSocket::create(config.store.data_dir, *app->admin_commands_));
    app->admin_socket_->serve_api(std::make_unique<ApiByCommand>(app->api_router_));
    app->admin_socket_->serve_sender_checks(
        std::make_unique<SenderChecks>(SenderChecks::Parts{.senders = parts.stores.senders(),
                                                           .keyring = *parts.opened.keyring,
                                                           .guard = parts.outbound_guard,
                                                           .http = *parts.provider_http}));
    return app;
}

App::~App()
{
    stop();
    changes_.tell({});
}

void App::start()
{
    parts_->delivery_workers.start();
    parts_->housekeeper.start();
    parts_->face_pool.start();
    parts_->event_streams.start();
    parts_->webhook_workers.start();
    server_->start();
    admin_socket_->start();
    is_running_ = true;
}

void App::stop()
{
    if (!std::exchange(is_running_, false)) return;
    parts_->operations_handlers.set_stopping();
    admin_socket_->stop();
    parts_->event_streams.stop();
    server_->stop();
    parts_->face_pool.stop();
    parts_->webhook_workers.stop();
    parts_->delivery_workers.stop();
    parts_->housekeeper.stop();
}

}  // namespace accessd::app
