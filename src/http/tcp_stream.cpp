#include "http/tcp_stream.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

namespace accessd::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using AsioError = boost::system::error_code;
using User = std::shared_ptr<StreamUser>;

/// What escapes a callback must not end the io thread.
template <class Call>
void guarded(const User& user, const Call& call)
{
    try {
        call(*user);
    } catch (const std::exception& exception) {
        user->on_exception(exception);
    }
}

auto when_read(User user)
{
    return [user = std::move(user)](const AsioError& error, std::size_t bytes) {
        guarded(user, [&](StreamUser& told) { told.on_read(error ? 0 : bytes); });
    };
}

auto when_written(User user)
{
    return [user = std::move(user)](const AsioError& error, std::size_t) {
        guarded(user, [&](StreamUser& told) { told.on_written(!error); });
    };
}

auto when_discarded(User user)
{
    return [user = std::move(user)](const AsioError& error, std::size_t bytes) {
        guarded(user, [&](StreamUser& told) { told.on_discarded(error ? 0 : bytes); });
    };
}

void shutdown_send(tcp::socket& socket)
{
    AsioError ignored;  // the other side may be gone already
    socket.shutdown(tcp::socket::shutdown_send, ignored);
}

class PlainStream final : public Stream {
public:
    explicit PlainStream(tcp::socket socket) : socket_(std::move(socket)) {}

    bool is_tls() const override { return false; }

    void handshake(User user) override
    {
        guarded(user, [](StreamUser& told) { told.on_handshake(true); });
    }
    void read(std::span<char> into, User user) override
    {
        socket_.async_read_some(asio::buffer(into.data(), into.size()), when_read(std::move(user)));
    }
    void write(std::string_view bytes, User user) override
    {
        asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()),
                          when_written(std::move(user)));
    }
    void finish(User user) override
    {
        shutdown_send(socket_);
        guarded(user, [](StreamUser& told) { told.on_finished(); });
    }
    void discard(std::span<char> into, User user) override
    {
        socket_.async_read_some(asio::buffer(into.data(), into.size()),
                                when_discarded(std::move(user)));
    }
    void close() override
    {
        AsioError ignored;
        socket_.close(ignored);
    }

private:
    tcp::socket socket_;
};

class TlsStream final : public Stream {
public:
    TlsStream(tcp::socket socket, asio::ssl::context& context) : stream_(std::move(socket), context)
    {
    }

    bool is_tls() const override { return true; }

    void handshake(User user) override
    {
        stream_.async_handshake(
            asio::ssl::stream_base::server, [user = std::move(user)](const AsioError& error) {
                guarded(user, [&](StreamUser& told) { told.on_handshake(!error); });
            });
    }
    void read(std::span<char> into, User user) override
    {
        stream_.async_read_some(asio::buffer(into.data(), into.size()), when_read(std::move(user)));
    }
    void write(std::string_view bytes, User user) override
    {
        asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()),
                          when_written(std::move(user)));
    }
    void finish(User user) override
    {
        // Sends close_notify and waits for theirs; the user bounds the wait by close().
        stream_.async_shutdown([this, user = std::move(user)](const AsioError&) {
            shutdown_send(stream_.next_layer());
            guarded(user, [](StreamUser& told) { told.on_finished(); });
        });
    }
    void discard(std::span<char> into, User user) override
    {
        stream_.next_layer().async_read_some(asio::buffer(into.data(), into.size()),
                                             when_discarded(std::move(user)));
    }
    void close() override
    {
        AsioError ignored;
        stream_.next_layer().close(ignored);
    }

private:
    asio::ssl::stream<tcp::socket> stream_;
};

}  // namespace

std::unique_ptr<Stream> make_stream(tcp::socket socket, asio::ssl::context* tls)
{
    if (tls != nullptr) return std::make_unique<TlsStream>(std::move(socket), *tls);
    return std::make_unique<PlainStream>(std::move(socket));
}

}  // namespace accessd::http
