#pragma once

#include "base/secret.h"
#include "users/user.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::sources {

/// How a connection to a database is protected. Anything but Verify can be listened to or lied to on the way.
enum class TlsMode {
    Verify,   ///< The certificate must be good and name the host.
    Require,  ///< Encrypted; whoever answers is believed to be the database.
    None,     ///< Only for an address that the operator opened.
};
std::string_view to_text(TlsMode mode);
std::optional<TlsMode> parse_tls_mode(std::string_view text);

/// Of `postgres` and `mysql`.
struct DatabaseSettings {
    std::string host;  ///< In lower case; an IPv6 address without brackets.
    int port = 0;
    std::string database;
    std::string user;
    Secret password;
    TlsMode tls = TlsMode::Verify;
};

struct SecretHeader {
    std::string name;
    Secret value;
};

/// Of `http`.
struct HttpSettings {
    std::string url;       ///< With {email}, {phone}, {user_id} behind its host.
    bool is_post = false;  ///< The contact goes in a JSON body as well.
    std::string
        record_pointer;  ///< Where in the answer the person stands; empty: it is the answer.
    std::vector<SecretHeader> headers;
    Secret signing_secret;  ///< Empty: requests aren't signed.
};

/// Which column, or JSON Pointer into the record, holds what. One that isn't named is looked for under its own
/// name and may be missing; one that is named must be there.
struct Mapping {
    std::map<std::string, std::string> fields;  ///< user_id, email, phone, name, allowed.
    std::map<std::string, std::string> claims;  ///< Name in the token to column.
};

/// Everything about an external source but its name and kind.
struct SourceSettings {
    users::SourceKind kind = users::SourceKind::Http;
    DatabaseSettings database;
    std::string file;   ///< Of `sqlite`: an absolute path.
    std::string query;  ///< Of databases: one SELECT with :email, :phone or :user_id.
    HttpSettings http;
    Mapping mapping;
    std::chrono::milliseconds timeout{2000};  ///< For connecting, asking and answering together.
    std::chrono::seconds cache_life{30};  ///< Of what the source said when a code was asked for.
    int pool_size = 4;  ///< Connections, and look-ups at once: 8 at most, a quarter of the workers.
};

inline constexpr int kPoolMax = 8;  ///< Source: design.md, section 2.

/// As it is sealed: a JSON object, secrets included.
Secret to_document(const SourceSettings& settings);
/// Nothing for text that isn't such a document.
std::optional<SourceSettings> parse_settings(users::SourceKind kind, const Secret& document);

}  // namespace accessd::sources
