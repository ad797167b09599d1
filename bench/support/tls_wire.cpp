#include "support/tls_wire.h"

#include "support/loopback.h"

#include <openssl/ssl.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace accessd::bench {
namespace {

struct Free {
    void operator()(SSL* session) const { SSL_free(session); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

SSL_CTX* context()
{
    static const std::unique_ptr<SSL_CTX, Free> made{SSL_CTX_new(TLS_client_method())};
    return made.get();
}

}  // namespace

struct TlsWire::Session {
    std::unique_ptr<SSL, Free> ssl;
};

TlsWire::TlsWire(std::uint16_t port)
    : socket_(connect_loopback(port)),
      session_(std::make_unique<Session>(Session{std::unique_ptr<SSL, Free>{SSL_new(context())}}))
{
    auto* ssl = session_->ssl.get();
    if (SSL_set_fd(ssl, socket_.get()) != 1 || SSL_connect(ssl) != 1) {
        throw std::runtime_error{"no TLS"};
    }
}

TlsWire::~TlsWire() = default;
TlsWire::TlsWire(TlsWire&& other) noexcept = default;

void TlsWire::make_non_blocking() { bench::make_non_blocking(socket_); }

void TlsWire::write(std::string_view text)
{
    // One small request at a time always fits the socket's buffer.
    if (SSL_write(session_->ssl.get(), text.data(), static_cast<int>(text.size())) <= 0) {
        throw std::runtime_error{"can't write by TLS"};
    }
}

bool TlsWire::read(std::string& received)
{
    std::array<char, 16 * 1024> bytes;
    for (;;) {
        auto* ssl = session_->ssl.get();
        const int count = SSL_read(ssl, bytes.data(), static_cast<int>(bytes.size()));
        if (count <= 0) return SSL_get_error(ssl, count) == SSL_ERROR_WANT_READ;
        received.append(bytes.data(), static_cast<std::size_t>(count));
    }
}

CertificateFiles make_certificate(const std::filesystem::path& folder)
{
    CertificateFiles files{folder / "certificate.pem", folder / "key.pem"};
    const auto command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1"
        " -keyout '" +
        files.key.string() + "' -out '" + files.certificate.string() + "' 2>/dev/null";
    if (std::system(command.c_str()) != 0) throw std::runtime_error{"openssl makes no certificate"};
    return files;
}

}  // namespace accessd::bench
