#include "sources/http_source_client.h"

#include "base/encoding.h"
#include "base/json.h"
#include "crypto/hash.h"
#include "outbound/target_url.h"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace accessd::sources {
namespace {

using nlohmann::json;
using users::ContactKind;

constexpr std::size_t kAnswerMax = 64 * 1024;
constexpr std::array kKinds{ContactKind::Email, ContactKind::Phone, ContactKind::UserId};

bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

/// RFC 3986, 2.1: everything but unreserved characters, a dot of "." and ".." excepted: those are no names.
std::string percent_encoded(std::string_view text)
{
    const bool is_dots = text == "." || text == "..";
    std::string encoded;
    for (const char c : text) {
        if (is_unreserved(c) && !is_dots) {
            encoded += c;
            continue;
        }
        constexpr std::string_view digits = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += digits[byte >> 4U];
        encoded += digits[byte & 15U];
    }
    return encoded;
}

std::string placeholder_of(ContactKind kind)
{
    return "{" + std::string{users::to_text(kind)} + "}";
}

/// Path and query, as the request line has them.
std::string_view target_of(std::string_view url)
{
    const auto host = url.find("://");
    const auto path = url.find_first_of("/?", host == std::string_view::npos ? 0 : host + 3);
    return path == std::string_view::npos ? std::string_view{"/"} : url.substr(path);
}

std::string body_for(const users::Contact& contact)
{
    auto body = json::object();
    for (const auto kind : kKinds) {
        const auto name = std::string{users::to_text(kind)};
        body[name] = kind == contact.kind ? json(contact.text) : json(nullptr);
    }
    return body.dump();
}

Field field_of(std::string name, const json& value)
{
    Field field;
    field.name = std::move(name);
    field.is_null = value.is_null();
    field.text = value.is_string() ? value.get<std::string>() : value.dump();
    field.json = value.dump();
    return field;
}

const json* find_at(const json& document, const std::string& pointer)
{
    try {
        const json::json_pointer at{pointer};
        return document.contains(at) ? &document.at(at) : nullptr;
    } catch (const json::exception&) {  // A pointer into an array that isn't one.
        return nullptr;
    }
}

/// The record's own members, and whatever else is mapped.
Record read_record(const json& document, const Mapping& mapping)
{
    Record record;
    for (const auto& [name, value] : document.items()) {
        if (record.size() == kColumnsMax) break;
        record.push_back(field_of(name, value));
    }
    const auto add = [&](const std::string& pointer) {
        if (!pointer.starts_with('/')) return;
        if (const auto* value = find_at(document, pointer)) {
            record.push_back(field_of(pointer, *value));
        }
    };
    for (const auto& [name, pointer] : mapping.fields) add(pointer);
    for (const auto& [name, pointer] : mapping.claims) add(pointer);
    return record;
}

tl::expected<Answer, Failure> read_answer(const std::string& body, const SourceSettings& settings)
{
    const auto parsed = parse_json(body);
    if (!parsed) return wrong("the answer isn't JSON: " + parsed.error().message);
    const auto& pointer = settings.http.record_pointer;
    const auto* found = pointer.empty() ? &*parsed : find_at(*parsed, pointer);
    Answer answer;
    if (found == nullptr || found->is_null()) return answer;
    const auto take = [&](const json& record) {
        answer.records.push_back(read_record(record, settings.mapping));
    };
    if (found->is_array()) {
        for (const auto& item : *found) {
            if (!item.is_object())
                return wrong("the answer is a list of something else than objects");
            if (answer.records.size() < 2) take(item);
        }
    } else if (found->is_object()) {
        if (!found->empty()) take(*found);
    } else {
        return wrong("the answer holds neither an object nor a list where the person should be");
    }
    if (!answer.records.empty()) {
        for (const auto& field : answer.records.front()) answer.names.push_back(field.name);
    }
    return answer;
}

}  // namespace

std::string fill_url(std::string_view url, const users::Contact& contact)
{
    std::string filled{url};
    for (const auto kind : kKinds) {
        const auto placeholder = placeholder_of(kind);
        const auto value = kind == contact.kind ? percent_encoded(contact.text) : std::string{};
        for (auto at = filled.find(placeholder); at != std::string::npos;
             at = filled.find(placeholder, at + value.size())) {
            filled.replace(at, placeholder.size(), value);
        }
    }
    return filled;
}

std::string refuse_url(std::string_view url)
{
    const auto host_end = url.find_first_of("/?", url.find("://") + 3);
    const auto brace = url.find('{');
    if (brace != std::string_view::npos &&
        (host_end == std::string_view::npos || brace < host_end)) {
        return "may have placeholders behind its host only";
    }
    const auto filled = fill_url(url, {ContactKind::Email, "x"});
    if (filled.find_first_of("{}") != std::string::npos) {
        return "has a placeholder that isn't {email}, {phone} or {user_id}";
    }
    if (!outbound::parse_target_url(filled)) {
        return "must be an absolute https URL without credentials or fragment";
    }
    return {};
}

std::string sign_request(std::string_view secret, std::int64_t seconds, std::string_view method,
                         std::string_view target, std::string_view body)
{
    const auto time = std::to_string(seconds);
    const auto text =
        time + "." + std::string{method} + " " + std::string{target} + "\n" + std::string{body};
    return "t=" + time + ",v1=" + to_hex(crypto::hmac_sha256(secret, text));
}

tl::expected<Answer, Failure> HttpSourceClient::ask(const users::Contact& contact,
                                                    Deadline deadline)
{
    const auto& http = settings_.http;
    outbound::HttpRequest request;
    request.method = http.is_post ? "POST" : "GET";
    request.url = fill_url(http.url, contact);
    request.timeout = std::chrono::milliseconds{std::max(1, milliseconds_until(deadline))};
    request.connect_timeout = request.timeout;
    request.answer_max = kAnswerMax;
    request.headers.push_back({"Accept", "application/json"});
    if (http.is_post) {
        request.headers.push_back({"Content-Type", "application/json"});
        request.body = body_for(contact);
    }
    for (const auto& header : http.headers) {
        request.headers.push_back({header.name, header.value.reveal()});
    }
    if (!http.signing_secret.empty()) {
        request.headers.push_back(
            {"X-Accessd-Signature",
             sign_request(http.signing_secret.reveal(), unix_seconds(clock_.now()), request.method,
                          target_of(request.url), request.body)});
    }
    const auto answer = http_.send(request);
    if (!answer) return down(answer.error().reason);
    if (answer->status == 404 || answer->status == 204) return Answer{};
    if (answer->status == 200) return read_answer(answer->body, settings_);
    const auto words = "the service answers with status " + std::to_string(answer->status) +
                       "; 200 says who it is, 404 or 204 that nobody is";
    return answer->status >= 500 || answer->status == 429 ? down(words) : wrong(words);
}

}  // namespace accessd::sources
