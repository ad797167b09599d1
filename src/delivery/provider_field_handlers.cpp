#include "delivery/provider_field_handlers.h"

#include "delivery/http_sender.h"
#include "http/fields.h"
#include "http/render.h"
#include "outbound/target_url.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace accessd::delivery {
namespace {

using nlohmann::json;
using Type = ProviderField::Type;

constexpr std::size_t kPrefixesMax = 50;
constexpr std::size_t kPrefixMax = 16;
/// Framing is ours, and so is what keeps a message from being sent twice.
constexpr std::array<std::string_view, 6> kOwnHeaders{
    "content-length", "content-type", "host", "idempotency-key", "transfer-encoding", "connection"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_prefix(std::string_view text)
{
    return text.size() >= 2 && text[0] == '+' && text[1] != '0' &&
           std::all_of(text.begin() + 1, text.end(), is_digit);
}

/// One field's text as it came; nothing: it wasn't there, or isn't right.
std::optional<std::string> read_field(http::Fields& settings, const ProviderField& field)
{
    if (field.type == Type::Object) {
        const auto value = settings.json(field.name, false, field.max);
        return value ? std::optional{value->dump()} : std::nullopt;
    }
    auto text = settings.string(field.name, {.min = 1, .max = field.max, .nullable = true});
    if (text && field.type == Type::Choice &&
        std::find(field.choices.begin(), field.choices.end(), *text) == field.choices.end()) {
        std::string known;
        for (const auto choice : field.choices) {
            known += (known.empty() ? "" : ", ") + std::string{choice};
        }
        settings.refuse(field.name, "must be one of: " + known);
    }
    return text;
}

void read_settings(http::Fields& settings, SenderAccount& account, ProviderSecrets& sent)
{
    for (const auto& field : provider_fields(account.kind)) {
        if (!settings.has(field.name)) continue;
        const bool is_cleared = settings.is_null(field.name);
        const std::string name{field.name};
        auto text = is_cleared ? std::optional{std::string{}} : read_field(settings, field);
        if (!text) continue;
        if (field.is_secret) {
            sent.insert_or_assign(name, Secret{*std::move(text)});
        } else if (text->empty()) {
            account.settings.erase(name);
        } else {
            account.settings.insert_or_assign(name, *std::move(text));
        }
    }
}

bool has(const SenderAccount& account, const ProviderSecrets& secrets, std::string_view name)
{
    const auto secret = secrets.find(std::string{name});
    return account.settings.count(std::string{name}) != 0 ||
           (secret != secrets.end() && !secret->second.empty());
}

Error about(std::string_view name, std::string issue)
{
    return Error::invalid("settings." + std::string{name}, std::move(issue));
}

Result<void> check_required(const SenderAccount& account, const ProviderSecrets& secrets)
{
    for (const auto& field : provider_fields(account.kind)) {
        if (field.is_required && !has(account, secrets, field.name)) {
            return about(field.name, "is missing");
        }
    }
    const bool is_whatsapp = account.channel == contacts::Channel::WhatsApp;
    if (account.kind == SenderKind::Twilio && !has(account, secrets, "from") &&
        !has(account, secrets, "messaging_service_sid")) {
        return about("from", "is missing, or messaging_service_sid");
    }
    if (account.kind == SenderKind::Twilio && is_whatsapp &&
        !has(account, secrets, "content_sid")) {
        return about("content_sid", "is missing: WhatsApp takes codes in approved templates only");
    }
    if (account.kind == SenderKind::Vonage && is_whatsapp && !has(account, secrets, "template")) {
        return about("template", "is missing: WhatsApp takes codes in approved templates only");
    }
    return {};
}

/// Where secrets go, and for whom.
std::string target_of(const SenderAccount& account)
{
    std::string target;
    for (const auto& field : provider_fields(account.kind)) {
        if (field.type != Type::Url && !field.names_account) continue;
        const auto found = account.settings.find(std::string{field.name});
        target += '\n';
        if (found != account.settings.end()) target += found->second;
    }
    return target;
}

Result<void> check_target(const SenderAccount& account, const ProviderSecrets& secrets,
                          const ProviderSecrets& sent, const SenderAccount* before)
{
    if (before == nullptr || target_of(account) == target_of(*before)) return {};
    for (const auto& [name, secret] : secrets) {
        if (!secret.empty() && sent.count(name) == 0) {
            return about(name, "must be given again when the account or its address changes");
        }
    }
    return {};
}

Result<void> check_url(const SenderAccount& account, const ProviderField& field,
                       const outbound::Guard& guard, std::vector<std::string>& warnings)
{
    const auto found = account.settings.find(std::string{field.name});
    if (found == account.settings.end()) return {};
    const auto path = "settings." + std::string{field.name};
    if (const auto problem = find_unknown_place(found->second)) {
        return Error::invalid(path, *problem);
    }
    // The host is the account's own: a place in it would send secrets where a number says.
    const auto place = found->second.find("{{");
    const auto host_end = found->second.find('/', found->second.find("://") + 3);
    if (place != std::string::npos && (host_end == std::string::npos || place < host_end)) {
        return Error::invalid(path, "can't have a place in its host");
    }
    auto plain = found->second;
    for (auto at = plain.find("{{"); at != std::string::npos; at = plain.find("{{")) {
        plain.replace(at, plain.find("}}", at) + 2 - at, "0");
    }
    const auto url = outbound::parse_target_url(plain);
    if (!url) return Error::invalid(path, "must be a URL like https://api.example.com/send");
    ACCESSD_TRY(const auto host, guard.check_host(url->host.text, path));
    const bool is_opened = host.address && guard.is_opened(*host.address);
    if (!url->is_https && !is_opened) {
        return Error{ErrorCode::UrlNotAllowed}
            .with("field", path)
            .saying("Codes go over https, or to an IP address in outbound.allow.");
    }
    if (!host.is_resolved) {
        warnings.push_back("The name " + host.text +
                           " can't be resolved at the moment; messages wait until it can.");
    }
    return {};
}

bool is_pointer(const std::string& text)
{
    try {
        return !json::json_pointer{text}.empty();
    } catch (const json::exception&) {
        return false;
    }
}

bool is_token(std::string_view text)
{
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               others.find(c) != std::string_view::npos;
    });
}

Result<void> check_headers(const Secret& secret)
{
    if (secret.empty()) return {};
    const auto headers = json::parse(secret.reveal(), nullptr, false);
    if (!headers.is_object()) return about("headers", "must be an object");
    for (const auto& [name, value] : headers.items()) {
        auto lower = name;
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
        if (!is_token(name) ||
            std::find(kOwnHeaders.begin(), kOwnHeaders.end(), lower) != kOwnHeaders.end()) {
            return about("headers", "has a name that can't be set: " + name.substr(0, 40));
        }
        const auto text = value.is_string() ? value.get<std::string>() : std::string{};
        const bool is_plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
            return c >= ' ' && c <= '~';
        });
        if (!is_plain) return about("headers", "values must be plain texts");
    }
    return {};
}

/// The texts of a body, at whatever depth, have known places only.
std::optional<std::string> find_problem_in(const json& value)
{
    if (value.is_string()) return find_unknown_place(value.get<std::string>());
    if (!value.is_structured()) return std::nullopt;
    for (const auto& item : value) {
        if (auto problem = find_problem_in(item)) return problem;
    }
    return std::nullopt;
}

bool carries_code(const std::string& text)
{
    return text.find("{{text}}") != std::string::npos || text.find("{{code}}") != std::string::npos;
}

Result<void> check_http(const SenderAccount& account, const ProviderSecrets& secrets)
{
    const ProviderAccount opened{account.kind, account.channel, account.settings, {}};
    if (const auto found = secrets.find("headers"); found != secrets.end()) {
        ACCESSD_CHECK(check_headers(found->second));
    }
    const auto body = opened.setting("body");
    if (!body.empty()) {
        const auto problem = find_problem_in(json::parse(body, nullptr, false));
        if (problem) return about("body", *problem);
    }
    const bool has_body = opened.setting("method") != "GET";
    const bool has_code =
        carries_code(opened.setting("url")) || (has_body && (body.empty() || carries_code(body)));
    if (!has_code) {
        return about(has_body ? "body" : "url", "must have {{text}} or {{code}} somewhere");
    }
    for (const auto* name : {"success_pointer", "id_pointer"}) {
        const auto pointer = opened.setting(name);
        if (!pointer.empty() && !is_pointer(pointer)) {
            return about(name, "must be a JSON Pointer like /messages/0/id");
        }
    }
    if (!opened.setting("success_pointer").empty() && opened.setting("success_value").empty()) {
        return about("success_value", "is missing for success_pointer");
    }
    return {};
}

}  // namespace

void read_provider(http::Fields& body, SenderAccount& account, ProviderSecrets& sent)
{
    if (auto prefixes = body.strings("prefixes", false, kPrefixesMax, kPrefixMax)) {
        if (!std::all_of(prefixes->begin(), prefixes->end(), is_prefix)) {
            body.refuse("prefixes", "must be starts of numbers like +34");
        }
        account.prefixes = *std::move(prefixes);
    }
    if (auto settings = body.object("settings", account.settings.empty())) {
        read_settings(*settings, account, sent);
        body.absorb(*settings);
    }
}

Result<std::vector<std::string>> check_provider(const SenderAccount& account,
                                                const ProviderSecrets& secrets,
                                                const ProviderSecrets& sent,
                                                const SenderAccount* before,
                                                const outbound::Guard& guard)
{
    std::vector<std::string> warnings;
    ACCESSD_CHECK(check_required(account, secrets));
    for (const auto& field : provider_fields(account.kind)) {
        if (field.type == Type::Url) ACCESSD_CHECK(check_url(account, field, guard, warnings));
    }
    ACCESSD_CHECK(check_target(account, secrets, sent, before));
    if (account.kind == SenderKind::Http) ACCESSD_CHECK(check_http(account, secrets));
    return warnings;
}

json provider_settings_json(const SenderAccount& account, const ProviderSecrets& secrets)
{
    auto shown = json::object();
    for (const auto& field : provider_fields(account.kind)) {
        const std::string name{field.name};
        if (field.is_secret) {
            shown["has_" + name] = has(account, secrets, name);
            continue;
        }
        const auto found = account.settings.find(name);
        if (found == account.settings.end()) {
            shown[name] = http::or_null(std::string{field.standard});
        } else {
            shown[name] = field.type == Type::Object ? json::parse(found->second, nullptr, false)
                                                     : json(found->second);
        }
    }
    return shown;
}

}  // namespace accessd::delivery
