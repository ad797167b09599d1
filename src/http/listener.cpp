#include "http/listener.h"

#include "base/error.h"
#include "base/log.h"
#include "http/connection.h"
#include "http/tcp_stream.h"
#include "http/tls.h"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/stat.h>

#include <chrono>
#include <exception>

namespace accessd::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using AsioError = boost::system::error_code;

/// How long accepting rests when the system has no more file descriptors.
constexpr std::chrono::milliseconds kBackOff{200};

Error unusable(const std::string& setting, std::string problem)
{
    auto sentence = setting + ": " + std::move(problem);
    return Error{ErrorCode::Internal, sentence}.saying(sentence);
}

std::string to_text(const ListenerSettings& settings)
{
    const bool is_v6 = settings.address.find(':') != std::string::npos;
    const auto host = is_v6 ? '[' + settings.address + ']' : settings.address;
    return host + ':' + std::to_string(settings.port);
}

Error bind_error(const AsioError& error, const std::string& setting,
                 const ListenerSettings& settings)
{
    const auto where = to_text(settings);
    if (error == asio::error::address_in_use) {
        return unusable(setting,
                        where + " is in use. Stop the other program or choose another port.");
    }
    if (error == asio::error::access_denied) {
        return unusable(setting, where + " needs privileges. Choose a port from 1024 on.");
    }
    return unusable(setting, where + " can't be listened on (" + error.message() +
                                 "). Choose an address of this machine.");
}

AsioError bind(tcp::acceptor& acceptor, const tcp::endpoint& endpoint)
{
    AsioError error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    return error;
}

/// Counts a connection in, unless there are too many.
bool take_place(Shared& shared)
{
    if (shared.connections.fetch_add(1) >= shared.settings.connections_max) {
        shared.connections.fetch_sub(1);
        shared.connections_refused.add();
        return false;
    }
    shared.connections_gauge.add(1);
    return true;
}

void give_place_back(Shared& shared)
{
    shared.connections.fetch_sub(1);
    shared.connections_gauge.add(-1);
}

/// Inode, size and time of a file: other ones mean that it was replaced or rewritten.
std::string stamp_of(const std::string& file)
{
    struct stat state {};
    if (::stat(file.c_str(), &state) != 0) return "none";
    return std::to_string(state.st_ino) + ' ' + std::to_string(state.st_size) + ' ' +
           std::to_string(state.st_mtim.tv_sec) + '.' + std::to_string(state.st_mtim.tv_nsec);
}

std::string stamp_of(const ListenerSettings& settings)
{
    if (settings.tls_certificate_file.empty()) return {};
    return stamp_of(settings.tls_certificate_file) + ' ' + stamp_of(settings.tls_key_file);
}

/// "::ffff:192.0.2.1" and "192.0.2.1" are one client.
std::string to_peer(const tcp::endpoint& endpoint)
{
    auto text = endpoint.address().to_string();
    const auto address = IpAddress::parse(text);
    return address ? address->text() : text;
}

/// Whether the next accept would fail the same way at once.
bool calls_for_rest(const AsioError& error)
{
    return error && error != asio::error::connection_aborted &&
           error != asio::error::connection_reset && error != asio::error::interrupted;
}

}  // namespace

struct ListeningSocket::Socket {
    explicit Socket(asio::io_context& context) : acceptor(context), timer(context) {}

    tcp::acceptor acceptor;
    asio::steady_timer timer;
    std::shared_ptr<asio::ssl::context> tls;

    void hand_over(tcp::socket socket, IoLoop& loop, Site& site);
};

ListeningSocket::ListeningSocket(const ListenerSettings& settings, std::unique_ptr<Socket> socket,
                                 Site& site, const std::vector<std::unique_ptr<IoLoop>>& loops)
    : settings_(settings),
      certificate_stamp_(stamp_of(settings)),
      socket_(std::move(socket)),
      site_(site),
      loops_(loops)
{
}

ListeningSocket::~ListeningSocket() = default;

Result<std::unique_ptr<ListeningSocket>> ListeningSocket::open(
    const ListenerSettings& settings, const std::string& setting, Site& site,
    const std::vector<std::unique_ptr<IoLoop>>& loops)
{
    AsioError error;
    const auto address = asio::ip::make_address(settings.address, error);
    if (error) {
        return unusable("server.address",
                        '"' + settings.address + "\" is no IP address. Write one, as 127.0.0.1.");
    }
    auto socket = std::make_unique<Socket>(loops.front()->context());
    if (!settings.tls_certificate_file.empty()) {
        ACCESSD_TRY(socket->tls,
                    make_tls_context(settings.tls_certificate_file, settings.tls_key_file));
    }
    error = bind(socket->acceptor, tcp::endpoint{address, settings.port});
    if (error) return bind_error(error, setting, settings);
    return std::unique_ptr<ListeningSocket>{
        new ListeningSocket{settings, std::move(socket), site, loops}};
}

std::uint16_t ListeningSocket::port() const
{
    AsioError error;
    const auto endpoint = socket_->acceptor.local_endpoint(error);
    return error ? std::uint16_t{0} : endpoint.port();
}

bool ListeningSocket::is_tls() const { return socket_->tls != nullptr; }

bool ListeningSocket::has_new_certificate() const
{
    return stamp_of(settings_) != certificate_stamp_;  // Without TLS both are empty.
}

void ListeningSocket::reload_certificate()
{
    if (settings_.tls_certificate_file.empty()) return;
    // Before reading: files replaced meanwhile are read once more.
    certificate_stamp_ = stamp_of(settings_);
    auto fresh = make_tls_context(settings_.tls_certificate_file, settings_.tls_key_file);
    if (!fresh) {
        log::error("the new certificate can't be used; the old one stays",
                   {{"detail", fresh.error().message}});
        return;
    }
    loops_.front()->post([this, context = *std::move(fresh)] { socket_->tls = context; });
    log::info("certificate read anew", {{"file", settings_.tls_certificate_file}});
}

void ListeningSocket::start() { accept(); }

void ListeningSocket::close()
{
    AsioError ignored;
    socket_->acceptor.close(ignored);
    socket_->timer.cancel();
}

void ListeningSocket::accept()
{
    auto& loop = *loops_[next_loop_];
    next_loop_ = (next_loop_ + 1) % loops_.size();
    socket_->acceptor.async_accept(loop.context(),
                                   [this, &loop](const AsioError& error, tcp::socket socket) {
                                       if (!socket_->acceptor.is_open()) return;
                                       if (calls_for_rest(error)) return back_off();
                                       if (!error && take_place(site_.shared)) {
                                           socket_->hand_over(std::move(socket), loop, site_);
                                       }
                                       accept();
                                   });
}

/// Never throws: accepting must go on.
void ListeningSocket::Socket::hand_over(tcp::socket socket, IoLoop& loop, Site& site)
{
    try {
        AsioError gone;  // a client that left is noticed by the first read
        socket.set_option(tcp::no_delay{true}, gone);
        const auto endpoint = socket.remote_endpoint(gone);
        auto peer = gone ? std::string{} : to_peer(endpoint);
        auto place = site.shared.client_connections.take(peer);
        if (!place) {
            site.shared.connections_refused.add();
            return give_place_back(site.shared);
        }
        loop.post_accepted(site, make_stream(std::move(socket), tls.get()), std::move(peer),
                           *std::move(place));
    } catch (const std::exception& exception) {
        give_place_back(site.shared);
        log::error("an accepted connection failed", {{"detail", exception.what()}});
    }
}

void ListeningSocket::back_off()
{
    log::warn("can't accept connections", {{"detail", "no more file descriptors"}});
    socket_->timer.expires_after(kBackOff);
    socket_->timer.async_wait([this](const AsioError& error) {
        if (!error && socket_->acceptor.is_open()) accept();
    });
}

}  // namespace accessd::http
