#include "support/scripted_host.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace accessd::test {
namespace {

constexpr int kPollMs = 20;

std::string pem_of(const std::function<void(BIO*)>& write)
{
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio{BIO_new(BIO_s_mem()), BIO_free};
    write(bio.get());
    char* bytes = nullptr;
    const auto count = BIO_get_mem_data(bio.get(), &bytes);
    return {bytes, static_cast<std::size_t>(count)};
}

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

Context context_of(const SelfSigned& pair)
{
    Context context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
    const std::unique_ptr<BIO, decltype(&BIO_free)> certificate_text{
        BIO_new_mem_buf(pair.certificate.data(), static_cast<int>(pair.certificate.size())),
        BIO_free};
    const std::unique_ptr<BIO, decltype(&BIO_free)> key_text{
        BIO_new_mem_buf(pair.key.data(), static_cast<int>(pair.key.size())), BIO_free};
    const std::unique_ptr<X509, decltype(&X509_free)> certificate{
        PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr), X509_free};
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
        PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
    SSL_CTX_use_certificate(context.get(), certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), key.get());
    return context;
}

}  // namespace

SelfSigned make_self_signed()
{
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free};
    const std::unique_ptr<X509, decltype(&X509_free)> certificate{X509_new(), X509_free};
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    auto* name = X509_get_subject_name(certificate.get());
    const auto* text = reinterpret_cast<const unsigned char*>("localhost");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> names{
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost"),
        X509_EXTENSION_free};
    X509_add_ext(certificate.get(), names.get(), -1);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    return {pem_of([&](BIO* bio) { PEM_write_bio_X509(bio, certificate.get()); }),
            pem_of([&](BIO* bio) {
                PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
            })};
}

/// The other end of one connection, with or without TLS.
class ScriptedHost::Peer {
public:
    Peer(int socket, const SelfSigned* certificate) : socket_(socket)
    {
        if (certificate == nullptr) return;
        context_ = context_of(*certificate);
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_fd(ssl_.get(), socket);
        is_open_ = SSL_accept(ssl_.get()) == 1;
    }
    bool is_open() const { return is_open_; }
    int socket() const { return socket_; }
    bool has_buffered() const { return ssl_ && SSL_pending(ssl_.get()) > 0; }

    /// 0 or less when the client has left.
    long read(char* bytes, std::size_t count)
    {
        if (ssl_) return SSL_read(ssl_.get(), bytes, static_cast<int>(count));
        return ::recv(socket_, bytes, count, 0);
    }
    bool write(std::string_view bytes)
    {
        if (ssl_) return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
        return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0;
    }

private:
    int socket_;
    bool is_open_ = true;
    Context context_{nullptr, SSL_CTX_free};
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
};

ScriptedHost::ScriptedHost(Script script) : script_(std::move(script))
{
    ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL.
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    ::bind(listener_, any, size);
    ::listen(listener_, 64);
    ::getsockname(listener_, any, &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this] { run(); }};
}

ScriptedHost::~ScriptedHost()
{
    stopping_ = true;
    thread_.join();
    for (auto& thread : threads_) thread.join();
    ::close(listener_);
}

std::string ScriptedHost::url(const std::string& host, const std::string& path) const
{
    const auto* scheme = script_.certificate != nullptr ? "https://" : "http://";
    return scheme + host + ':' + std::to_string(port_) + path;
}

std::vector<std::string> ScriptedHost::requests() const
{
    const std::scoped_lock lock{mutex_};
    return requests_;
}

void ScriptedHost::run()
{
    while (!stopping_) {
        pollfd waited{listener_, POLLIN, 0};
        if (::poll(&waited, 1, kPollMs) <= 0) continue;
        const int socket = ::accept(listener_, nullptr, nullptr);
        ++connections_;
        threads_.emplace_back([this, socket] {
            serve(socket);
            ::close(socket);
        });
    }
}

bool ScriptedHost::read_request(Peer& peer, std::string& buffer, std::string& request)
{
    const auto length_of = [](const std::string& text) -> std::size_t {
        const auto end = text.find("\r\n\r\n");
        if (end == std::string::npos) return std::string::npos;
        const auto at = text.find("Content-Length: ");
        const auto body = at < end ? std::stoul(text.substr(at + 16)) : 0;
        return end + 4 + body;
    };
    while (buffer.size() < length_of(buffer)) {
        pollfd waited{peer.socket(), POLLIN, 0};
        if (!peer.has_buffered() && ::poll(&waited, 1, kPollMs) <= 0) {
            if (stopping_) return false;
            continue;
        }
        std::array<char, 4096> bytes{};
        const auto count = peer.read(bytes.data(), bytes.size());
        if (count <= 0) return false;
        buffer.append(bytes.data(), static_cast<std::size_t>(count));
    }
    request = buffer.substr(0, length_of(buffer));
    buffer.erase(0, request.size());
    return true;
}

void ScriptedHost::serve(int socket)
{
    Peer peer{socket, script_.certificate};
    std::string buffer;
    std::string request;
    if (script_.speaks_first) {
        peer.write(script_.answer);
        return;
    }
    while (peer.is_open() && read_request(peer, buffer, request)) {
        {
            const std::scoped_lock lock{mutex_};
            requests_.push_back(request);
        }
        if (script_.pause == std::chrono::milliseconds{}) {
            if (!script_.answer.empty() && !peer.write(script_.answer)) return;
        } else {
            for (const char c : script_.answer) {
                if (stopping_ || !peer.write({&c, 1})) return;
                std::this_thread::sleep_for(script_.pause);
            }
        }
        if (script_.closes) return;
    }
}

}  // namespace accessd::test
