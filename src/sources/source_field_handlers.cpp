#include "sources/source_field_handlers.h"

#include "http/render.h"
#include "outbound/target_url.h"
#include "sources/http_source_client.h"
#include "sources/query_text.h"
#include "sources/record_mapping.h"
#include "sources/sqlite_client.h"
#include "users/contact_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace accessd::sources {
namespace {

using users::SourceKind;

constexpr int kPostgresPort = 5432;
constexpr int kMysqlPort = 3306;
constexpr int kFreePortMin = 1024;
constexpr int kPortMax = 65535;
constexpr std::size_t kHeadersMax = 10;
constexpr std::size_t kClaimsMax = 30;
constexpr std::array<std::string_view, 5> kFieldNames{"user_id", "email", "phone", "name",
                                                      "allowed"};
/// Of a request that is ours to write.
constexpr std::array<std::string_view, 9> kOwnHeaders{
    "host",    "content-length", "transfer-encoding",  "connection", "content-type", "accept",
    "upgrade", "expect",         "x-accessd-signature"};

bool is_database(SourceKind kind)
{
    return kind == SourceKind::Postgres || kind == SourceKind::Mysql;
}
bool has_query(SourceKind kind) { return is_database(kind) || kind == SourceKind::Sqlite; }

void read_secret(http::Fields& body, std::string_view name, Secret& out)
{
    if (!body.has(name)) return;
    auto text = body.string(name, {.min = 1, .max = 1000, .nullable = true});
    out = Secret{std::move(text).value_or("")};
}

void read_text(http::Fields& body, std::string_view name, bool is_required, std::size_t max,
               std::string& out)
{
    if (auto text = body.string(name, {.required = is_required, .min = 1, .max = max})) {
        out = *std::move(text);
    }
}

void read_database(http::Fields& body, bool is_new, SourceSettings& settings)
{
    auto& database = settings.database;
    read_text(body, "host", is_new, 255, database.host);
    if (is_new) database.port = settings.kind == SourceKind::Mysql ? kMysqlPort : kPostgresPort;
    if (const auto port = body.integer("port", {.min = 1, .max = kPortMax})) {
        database.port = static_cast<int>(*port);
    }
    read_text(body, "database", is_new, 128, database.database);
    read_text(body, "user", is_new, 128, database.user);
    read_secret(body, "password", database.password);
    if (const auto tls = body.choice("tls", false, {"verify", "require", "none"})) {
        database.tls = *parse_tls_mode(*tls);
    }
}

bool is_token(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

bool is_own_header(std::string_view name)
{
    std::string lower{name};
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return std::find(kOwnHeaders.begin(), kOwnHeaders.end(), lower) != kOwnHeaders.end();
}

void read_headers(http::Fields& body, HttpSettings& settings)
{
    auto given = body.objects("headers", false, kHeadersMax);
    if (!given) return;
    settings.headers.clear();
    for (auto& item : *given) {
        const auto name = item.string("name", {.required = true, .min = 1, .max = 100});
        auto value = item.string("value", {.required = true, .min = 1, .max = 2000});
        if (name && (!is_token(*name) || is_own_header(*name))) {
            item.refuse("name", "isn't the name of a header that can be set");
        }
        const bool is_printable = value && std::all_of(value->begin(), value->end(), [](char c) {
                                      return c >= 0x20 && c < 0x7F;
                                  });
        if (value && !is_printable) item.refuse("value", "must be printable ASCII");
        body.absorb(item);
        if (name && value) settings.headers.push_back({*name, Secret{*std::move(value)}});
    }
}

void read_http(http::Fields& body, bool is_new, SourceSettings& settings)
{
    auto& http = settings.http;
    read_text(body, "url", is_new, 1500, http.url);
    if (const auto method = body.choice("method", false, {"GET", "POST"})) {
        http.is_post = *method == "POST";
    }
    if (body.has("record_pointer")) {
        http.record_pointer =
            body.string("record_pointer", {.min = 1, .max = 200, .nullable = true}).value_or("");
        if (!http.record_pointer.empty() && http.record_pointer[0] != '/') {
            body.refuse("record_pointer", "must be a JSON Pointer: /data/user");
        }
    }
    read_headers(body, http);
    read_secret(body, "signing_secret", http.signing_secret);
}

/// A column's name, or for HTTP a JSON Pointer (RFC 6901).
void check_column(http::Fields& mapping, std::string_view field, const std::string& column,
                  SourceKind kind)
{
    if (kind != SourceKind::Http) return;
    bool is_pointer = column.starts_with('/');
    for (auto at = column.find('~'); at != std::string::npos; at = column.find('~', at + 1)) {
        is_pointer = is_pointer && at + 1 < column.size() &&
                     (column[at + 1] == '0' || column[at + 1] == '1');
    }
    if (!is_pointer) mapping.refuse(field, "must be a JSON Pointer into the record: /user/id");
}

void read_claims(http::Fields& mapping, SourceSettings& settings)
{
    const auto given = mapping.json("claims", false, kClaimsBytesMax);
    if (!given) return;
    settings.mapping.claims.clear();
    if (given->size() > kClaimsMax) mapping.refuse("claims", "has more than 30 members");
    for (const auto& [name, column] : given->items()) {
        const auto field = "claims." + name;
        if (name.empty() || name.size() > 64 || !is_token(name)) {
            mapping.refuse("claims", "has a name that isn't 1-64 of A-Z a-z 0-9 _ -");
        } else if (users::is_registered_claim(name)) {
            mapping.refuse(field, "is a registered claim's name");
        } else if (!column.is_string() || column.get_ref<const std::string&>().empty() ||
                   column.get_ref<const std::string&>().size() > 200) {
            mapping.refuse(field, "must be the name of a column, 1-200 characters");
        } else {
            check_column(mapping, field, column.get<std::string>(), settings.kind);
            settings.mapping.claims[name] = column.get<std::string>();
        }
    }
}

void read_mapping(http::Fields& body, SourceSettings& settings)
{
    auto mapping = body.object("mapping");
    if (!mapping) return;
    for (const auto name : kFieldNames) {
        if (!mapping->has(name)) continue;
        const auto column = mapping->string(name, {.min = 1, .max = 200, .nullable = true});
        settings.mapping.fields.erase(std::string{name});
        if (!column) continue;
        check_column(*mapping, name, *column, settings.kind);
        settings.mapping.fields[std::string{name}] = *column;
    }
    read_claims(*mapping, settings);
    body.absorb(*mapping);
}

Placeholder placeholder_of(SourceKind kind)
{
    if (kind == SourceKind::Postgres) return Placeholder::Dollar;
    return kind == SourceKind::Mysql ? Placeholder::Question : Placeholder::Named;
}

Error port_refused(std::string field)
{
    return Error{ErrorCode::UrlNotAllowed}
        .with("field", std::move(field))
        .saying("Databases are reached on ports from 1024 upwards, services on 443 too.");
}

using Warnings = std::vector<std::string>;

void warn_of_name(const outbound::Guard::Host& host, Warnings& warnings)
{
    if (host.is_resolved) return;
    warnings.push_back("The name " + host.text +
                       " can't be resolved at the moment; nobody can log in until it can.");
}

/// A password stays with the server that it was given for.
Result<void> check_moved(bool is_moved, bool has_secret, bool is_given_again, std::string field)
{
    if (!is_moved || !has_secret || is_given_again) return {};
    return Error::invalid(std::move(field),
                          "must be given again when it would go to another server or user");
}

Result<void> check_database(DatabaseSettings& database, const DatabaseSettings* before,
                            const outbound::Guard& guard, Warnings& warnings)
{
    ACCESSD_TRY(const auto host, guard.check_host(database.host, "settings.host"));
    database.host = host.text;
    warn_of_name(host, warnings);
    if (database.port < kFreePortMin) return port_refused("settings.port");
    const bool is_opened = host.address && guard.is_opened(*host.address);
    if (database.tls == TlsMode::None && !is_opened) {
        return Error::invalid("settings.tls",
                              "can be none only for an IP address in outbound.allow: whoever is on "
                              "the way could say who logs in");
    }
    if (database.tls == TlsMode::Require) {
        warnings.emplace_back(
            "tls is require: the database's certificate isn't checked, and whoever "
            "is on the way could say who logs in. Use verify.");
    }
    if (before == nullptr) return {};
    const bool is_moved = database.host != before->host || database.port != before->port ||
                          database.user != before->user || database.tls != before->tls;
    return check_moved(is_moved, !database.password.empty(),
                       database.password.reveal() != before->password.reveal(),
                       "settings.password");
}

Result<void> check_http(HttpSettings& http, const HttpSettings* before,
                        const outbound::Guard& guard, Warnings& warnings)
{
    constexpr auto field = "settings.url";
    if (auto why = refuse_url(http.url); !why.empty()) return Error::invalid(field, std::move(why));
    if (!http.is_post && http.url.find('{') == std::string::npos) {
        return Error::invalid(field, "names nobody: write {email}, {phone} or {user_id} in it");
    }
    const auto example = fill_url(http.url, {users::ContactKind::Email, "x"});
    const auto target = outbound::parse_target_url(example);
    ACCESSD_TRY(const auto host, guard.check_host(target->host.text, field));
    warn_of_name(host, warnings);
    const bool is_opened = host.address && guard.is_opened(*host.address);
    if (!target->is_https && !is_opened) {
        return Error::invalid(field, "must be https, but for an IP address in outbound.allow");
    }
    if (target->port < kFreePortMin && target->port != 443 && !is_opened) {
        return port_refused(field);
    }
    if (before == nullptr) return {};
    const auto old =
        outbound::parse_target_url(fill_url(before->url, {users::ContactKind::Email, "x"}));
    const bool is_moved = !old || old->host.text != target->host.text ||
                          old->port != target->port || old->is_https != target->is_https;
    const auto same_value = [](const SecretHeader& left, const SecretHeader& right) {
        return left.name == right.name && left.value.reveal() == right.value.reveal();
    };
    const bool has_same_headers =
        std::equal(http.headers.begin(), http.headers.end(), before->headers.begin(),
                   before->headers.end(), same_value);
    return check_moved(is_moved, !http.headers.empty(), !has_same_headers, "settings.headers");
}

nlohmann::json shown_mapping(const Mapping& mapping)
{
    auto shown = nlohmann::json::object();
    for (const auto name : kFieldNames) {
        const auto found = mapping.fields.find(std::string{name});
        shown[std::string{name}] =
            found == mapping.fields.end() ? nlohmann::json(nullptr) : nlohmann::json(found->second);
    }
    shown["claims"] = mapping.claims;
    return shown;
}

}  // namespace

void read_settings(http::Fields& body, bool is_new, SourceSettings& settings)
{
    auto nested = body.object("settings", is_new);
    if (!nested) return;
    if (is_database(settings.kind)) read_database(*nested, is_new, settings);
    if (settings.kind == SourceKind::Sqlite)
        read_text(*nested, "file", is_new, 1000, settings.file);
    if (settings.kind == SourceKind::Http) read_http(*nested, is_new, settings);
    if (has_query(settings.kind)) {
        if (auto query = nested->string(
                "query", {.required = is_new, .min = 1, .max = 8192, .multiline = true})) {
            settings.query = *std::move(query);
        }
    }
    read_mapping(*nested, settings);
    if (const auto timeout = nested->integer("timeout_ms", {.min = 100, .max = 10'000})) {
        settings.timeout = std::chrono::milliseconds{*timeout};
    }
    if (const auto life = nested->integer("cache_seconds", {.min = 0, .max = 3600})) {
        settings.cache_life = std::chrono::seconds{*life};
    }
    if (const auto size = nested->integer("pool_size", {.min = 1, .max = kPoolMax})) {
        settings.pool_size = static_cast<int>(*size);
    }
    body.absorb(*nested);
}

Result<Warnings> check_settings(SourceSettings& settings, const SourceSettings* before,
                                const outbound::Guard& guard, const Reach& reach)
{
    Warnings warnings;
    if (has_query(settings.kind)) {
        ACCESSD_CHECK(read_query(settings.query, placeholder_of(settings.kind), "settings.query"));
    }
    if (is_database(settings.kind)) {
        ACCESSD_CHECK(check_database(settings.database, before ? &before->database : nullptr, guard,
                                     warnings));
    } else if (settings.kind == SourceKind::Http) {
        ACCESSD_CHECK(check_http(settings.http, before ? &before->http : nullptr, guard, warnings));
    } else if (auto why = refuse_file(settings.file, reach.sqlite_folders, reach.data_folder);
               !why.empty()) {
        return Error{ErrorCode::UrlNotAllowed}
            .with("field", std::string{"settings.file"})
            .saying("This file " + why + ".");
    }
    return warnings;
}

nlohmann::json to_json(const SourceSettings& settings)
{
    nlohmann::json shown{{"mapping", shown_mapping(settings.mapping)},
                         {"timeout_ms", settings.timeout.count()},
                         {"cache_seconds", settings.cache_life.count()},
                         {"pool_size", settings.pool_size}};
    if (has_query(settings.kind)) shown["query"] = settings.query;
    if (settings.kind == SourceKind::Sqlite) shown["file"] = settings.file;
    if (is_database(settings.kind)) {
        const auto& database = settings.database;
        shown["host"] = database.host;
        shown["port"] = database.port;
        shown["database"] = database.database;
        shown["user"] = database.user;
        shown["has_password"] = !database.password.empty();
        shown["tls"] = to_text(database.tls);
    }
    if (settings.kind == SourceKind::Http) {
        const auto& http = settings.http;
        shown["url"] = http.url;
        shown["method"] = http.is_post ? "POST" : "GET";
        shown["record_pointer"] = http::or_null(http.record_pointer);
        shown["has_signing_secret"] = !http.signing_secret.empty();
        shown["headers"] = nlohmann::json::array();
        for (const auto& header : http.headers) shown["headers"].push_back(header.name);
    }
    return shown;
}

}  // namespace accessd::sources
