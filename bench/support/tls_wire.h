#pragma once

#include "support/descriptor.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace accessd::bench {

/// TLS 1.3 as a client speaks it, over a connection to a port of this machine. Certificates aren't checked: whose they
/// are is not what is measured. Throws std::runtime_error.
class TlsWire {
public:
    /// Connects, and shakes hands in full: no session is resumed.
    explicit TlsWire(std::uint16_t port);
    ~TlsWire();
    TlsWire(TlsWire&& other) noexcept;
    TlsWire(const TlsWire&) = delete;
    TlsWire& operator=(const TlsWire&) = delete;
    TlsWire& operator=(TlsWire&&) = delete;

    /// From here on read() doesn't wait.
    void make_non_blocking();
    int descriptor() const { return socket_.get(); }
    void write(std::string_view text);
    /// Adds what is there to `received`; false: the other side closed.
    bool read(std::string& received);

private:
    struct Session;
    Descriptor socket_;
    std::unique_ptr<Session> session_;
};

/// A certificate for 127.0.0.1, its key a P-256 one, as two PEM files in the folder. Needs `openssl`.
struct CertificateFiles {
    std::filesystem::path certificate;
    std::filesystem::path key;
};
CertificateFiles make_certificate(const std::filesystem::path& folder);

}  // namespace accessd::bench
