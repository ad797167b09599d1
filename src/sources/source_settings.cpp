#include "sources/source_settings.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <exception>

namespace accessd::sources {

using nlohmann::json;

std::string_view to_text(TlsMode mode)
{
    switch (mode) {
    case TlsMode::Verify: return "verify";
    case TlsMode::Require: return "require";
    case TlsMode::None: return "none";
    }
    std::abort();
}

std::optional<TlsMode> parse_tls_mode(std::string_view text)
{
    for (const auto mode : {TlsMode::Verify, TlsMode::Require, TlsMode::None}) {
        if (text == to_text(mode)) return mode;
    }
    return std::nullopt;
}

Secret to_document(const SourceSettings& settings)
{
    auto headers = json::array();
    for (const auto& header : settings.http.headers) {
        headers.push_back({{"name", header.name}, {"value", header.value.reveal()}});
    }
    const auto& database = settings.database;
    const auto& http = settings.http;
    return Secret{json{{"host", database.host},
                       {"port", database.port},
                       {"database", database.database},
                       {"user", database.user},
                       {"password", database.password.reveal()},
                       {"tls", to_text(database.tls)},
                       {"file", settings.file},
                       {"query", settings.query},
                       {"url", http.url},
                       {"post", http.is_post},
                       {"record_pointer", http.record_pointer},
                       {"headers", std::move(headers)},
                       {"signing_secret", http.signing_secret.reveal()},
                       {"fields", settings.mapping.fields},
                       {"claims", settings.mapping.claims},
                       {"timeout_ms", settings.timeout.count()},
                       {"cache_seconds", settings.cache_life.count()},
                       {"pool_size", settings.pool_size}}
                      .dump()};
}

std::optional<SourceSettings> parse_settings(users::SourceKind kind, const Secret& document)
{
    const auto stored = json::parse(document.reveal(), nullptr, false);
    if (!stored.is_object()) return std::nullopt;
    SourceSettings settings;
    settings.kind = kind;
    try {
        const auto text = [&](const char* name) { return stored.at(name).get<std::string>(); };
        settings.database = {
            text("host"), stored.at("port").get<int>(), text("database"),
            text("user"), Secret{text("password")},     parse_tls_mode(text("tls")).value()};
        settings.file = text("file");
        settings.query = text("query");
        settings.http.url = text("url");
        settings.http.is_post = stored.at("post").get<bool>();
        settings.http.record_pointer = text("record_pointer");
        for (const auto& header : stored.at("headers")) {
            settings.http.headers.push_back({header.at("name").get<std::string>(),
                                             Secret{header.at("value").get<std::string>()}});
        }
        settings.http.signing_secret = Secret{text("signing_secret")};
        stored.at("fields").get_to(settings.mapping.fields);
        stored.at("claims").get_to(settings.mapping.claims);
        settings.timeout = std::chrono::milliseconds{stored.at("timeout_ms").get<int>()};
        settings.cache_life = std::chrono::seconds{stored.at("cache_seconds").get<int>()};
        settings.pool_size = stored.at("pool_size").get<int>();
    } catch (const std::exception&) {  // Written by another release.
        return std::nullopt;
    }
    return settings;
}

}  // namespace accessd::sources
