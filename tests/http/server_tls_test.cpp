#include "server_fixture.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace accessd::test {
namespace {

/// A key and its self-signed certificate as files, removed in the end.
class SelfSigned {
public:
    explicit SelfSigned(const std::string& name)
    {
        const auto stem = testing::TempDir() + "accessd_" + std::to_string(::getpid()) + name;
        certificate_file = stem + ".crt";
        key_file = stem + ".key";
        auto* key = EVP_EC_gen("P-256");
        auto* certificate = X509_new();
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, key);
        auto* subject = X509_get_subject_name(certificate);
        const std::array<unsigned char, 5> common_name{"test"};
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common_name.data(), -1, -1, 0);
        X509_set_issuer_name(certificate, subject);
        X509_sign(certificate, key, EVP_sha256());
        auto* file = std::fopen(certificate_file.c_str(), "w");
        PEM_write_X509(file, certificate);
        std::fclose(file);
        file = std::fopen(key_file.c_str(), "w");
        PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(file);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    SelfSigned(const SelfSigned&) = delete;
    SelfSigned& operator=(const SelfSigned&) = delete;
    ~SelfSigned()
    {
        std::filesystem::remove(certificate_file);
        std::filesystem::remove(key_file);
    }

    std::string certificate_file;
    std::string key_file;
};

/// A TLS client on top of a RawClient's socket.
class TlsClient {
public:
    TlsClient(std::uint16_t port, int version_max)
        : raw_(port), context_(SSL_CTX_new(TLS_client_method()))
    {
        SSL_CTX_set_max_proto_version(context_, version_max);
        if (version_max < TLS1_2_VERSION) {
            SSL_CTX_set_min_proto_version(context_, version_max);
            SSL_CTX_set_cipher_list(context_, "ALL:@SECLEVEL=0");
        }
        ssl_ = SSL_new(context_);
        SSL_set_fd(ssl_, raw_.handle());
    }
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;
    ~TlsClient()
    {
        SSL_free(ssl_);
        SSL_CTX_free(context_);
    }

    /// What the server shows, to tell certificates apart.
    std::string certificate() const
    {
        auto* shown = SSL_get1_peer_certificate(ssl_);
        if (shown == nullptr) return {};
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned size = 0;
        X509_digest(shown, EVP_sha256(), digest.data(), &size);
        X509_free(shown);
        return {digest.begin(), digest.begin() + size};
    }

    bool connect() { return SSL_connect(ssl_) == 1; }
    void send(const std::string& bytes)
    {
        ASSERT_GT(SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())), 0);
    }
    /// Until the server closes; true if it did with TLS's goodbye.
    bool read_all(std::string& text)
    {
        std::array<char, 4096> bytes{};
        int count = 0;
        while ((count = SSL_read(ssl_, bytes.data(), static_cast<int>(bytes.size()))) > 0) {
            text.append(bytes.data(), static_cast<std::size_t>(count));
        }
        return SSL_get_error(ssl_, count) == SSL_ERROR_ZERO_RETURN;
    }

private:
    RawClient raw_;
    SSL_CTX* context_;
    SSL* ssl_ = nullptr;
};

class ServerTlsTest : public ServerTest {
protected:
    ServerTlsTest() : pair("a")
    {
        api.tls_certificate_file = pair.certificate_file;
        api.tls_key_file = pair.key_file;
    }

    std::string create_error()
    {
        const auto created = http::Server::create(settings, api, router, operations,
                                                  operations_router, guard, clock, random, metrics);
        return created ? std::string{} : created.error().message;
    }

    SelfSigned pair;
};

TEST_F(ServerTlsTest, Answers)
{
    start();
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TlsClient client{port, version};
        ASSERT_TRUE(client.connect());
        const std::string body(40'000, 'x');
        client.send(get("/hello?1") + post("/echo", body) + get("/hello", "Connection: close\r\n"));
        std::string text;
        EXPECT_TRUE(client.read_all(text));
        EXPECT_NE(text.find("hello 1"), std::string::npos);
        EXPECT_NE(text.find(body), std::string::npos);
        EXPECT_NE(text.find("Connection: close"), std::string::npos);
    }
}

TEST_F(ServerTlsTest, RefusesOldVersionsAndPlainText)
{
    start();
    TlsClient old{port, TLS1_1_VERSION};
    EXPECT_FALSE(old.connect());
    RawClient plain{port};
    plain.send(get("/hello"));
    EXPECT_FALSE(plain.read());
}

TEST_F(ServerTlsTest, SilentHandshakesEnd)
{
    settings.silent_timeout = std::chrono::seconds{1};
    settings.header_timeout = std::chrono::seconds{1};
    start();
    RawClient silent{port};
    EXPECT_TRUE(silent.is_closed());
    TlsClient client{port, TLS1_3_VERSION};
    ASSERT_TRUE(client.connect());
    client.send("GET /hello HTTP/1.1\r\n");
    std::string text;
    client.read_all(text);
    EXPECT_NE(text.find(" 408 "), std::string::npos);
}

TEST_F(ServerTlsTest, NewConnectionsGetTheNewCertificate)
{
    using Reload = http::Server::Reload;
    start();
    const auto shown = [&] {
        TlsClient client{port, TLS1_3_VERSION};
        return client.connect() ? client.certificate() : "no connection";
    };
    const auto replace = [](const std::string& file, const std::string& by) {
        std::filesystem::copy_file(by, file + ".new");
        std::filesystem::rename(file + ".new", file);
    };
    TlsClient open{port, TLS1_3_VERSION};
    ASSERT_TRUE(open.connect());
    const auto first = shown();
    server->reload_certificate(Reload::IfChanged);
    EXPECT_EQ(shown(), first);

    const SelfSigned next{"next"};
    replace(pair.certificate_file, next.certificate_file);
    EXPECT_EQ(shown(), first);
    server->reload_certificate(Reload::IfChanged);  // Its key isn't there yet: the old pair stays.
    EXPECT_EQ(shown(), first);
    replace(pair.key_file, next.key_file);
    server->reload_certificate(Reload::IfChanged);
    const auto second = shown();
    EXPECT_NE(second, first);
    EXPECT_NE(second, "no connection");

    std::ofstream{pair.certificate_file} << "broken";
    server->reload_certificate(Reload::Always);
    EXPECT_EQ(shown(), second);
    std::filesystem::remove(pair.key_file);
    server->reload_certificate(Reload::IfChanged);
    EXPECT_EQ(shown(), second);

    open.send(get("/hello?1", "Connection: close\r\n"));  // What was open stays open.
    std::string text;
    EXPECT_TRUE(open.read_all(text));
    EXPECT_NE(text.find("hello 1"), std::string::npos);
}

TEST_F(ServerTlsTest, CreateNamesTheSettingAtFault)
{
    const SelfSigned other{"b"};
    api.tls_key_file = other.key_file;
    EXPECT_EQ(create_error().find("server.tls_key_file: "), 0U);
    api.tls_key_file = "/nonexistent";
    EXPECT_EQ(create_error().find("server.tls_key_file: /nonexistent"), 0U);
    api.tls_key_file.clear();
    EXPECT_EQ(create_error().find("server.tls_key_file: "), 0U);
    api.tls_key_file = pair.key_file;
    api.tls_certificate_file = pair.key_file;
    EXPECT_EQ(create_error().find("server.tls_certificate_file: "), 0U);
    api.tls_certificate_file = "/nonexistent";
    EXPECT_EQ(create_error().find("server.tls_certificate_file: /nonexistent"), 0U);
}

}  // namespace
}  // namespace accessd::test
