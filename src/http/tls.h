#pragma once

#include "base/result.h"

#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}  // namespace boost::asio::ssl

namespace accessd::http {

/// Server side of TLS 1.2 and later with a PEM certificate chain and its key.
/// Errors: Internal with a sentence naming server.tls_certificate_file or server.tls_key_file.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(
    const std::string& certificate_file, const std::string& key_file);

}  // namespace accessd::http
