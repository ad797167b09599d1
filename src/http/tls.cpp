#include "http/tls.h"

#include "base/error.h"

#include <utility>

#include <boost/asio/ssl/context.hpp>
#include <openssl/ssl.h>

#include <string_view>

namespace accessd::http {
namespace {

namespace ssl = boost::asio::ssl;
using AsioError = boost::system::error_code;

Error unusable(std::string_view setting, const std::string& file, std::string_view problem)
{
    std::string sentence{setting};
    sentence += ": " + file + ' ';
    sentence += problem;
    return Error{ErrorCode::Internal, sentence}.saying(sentence);
}

void set_rules(ssl::context& context)
{
    auto* native = context.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                    SSL_OP_CIPHER_SERVER_PREFERENCE);
    // Idle connections are the most: they shall not hold OpenSSL's buffers.
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
}

}  // namespace

Result<std::shared_ptr<ssl::context>> make_tls_context(const std::string& certificate_file,
                                                       const std::string& key_file)
{
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    set_rules(*context);
    AsioError error;
    context->use_certificate_chain_file(certificate_file, error);
    if (error) {
        return unusable("server.tls_certificate_file", certificate_file,
                        "can't be read as a PEM certificate chain (" + error.message() +
                            "). Name a file that the server may read.");
    }
    if (key_file.empty()) {
        return unusable("server.tls_key_file", "it", "is empty. Name the certificate's PEM key.");
    }
    context->use_private_key_file(key_file, ssl::context::pem, error);
    if (error || SSL_CTX_check_private_key(context->native_handle()) != 1) {
        return unusable("server.tls_key_file", key_file,
                        "isn't the readable, unencrypted PEM key of the certificate in "
                        "server.tls_certificate_file" +
                            (error ? " (" + error.message() + ")." : "."));
    }
    return context;
}

}  // namespace accessd::http
