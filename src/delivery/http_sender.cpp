#include "delivery/http_sender.h"

#include "base/percent_encoding.h"
#include "delivery/provider_call.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace accessd::delivery {
namespace {

using nlohmann::json;

/// What a body is without another one.
constexpr auto kUsualBody =
    R"({"to": "{{to}}", "from": "{{from}}", "text": "{{text}}", "id": "{{message_id}}"})";

constexpr std::array<std::string_view, 10> kPlaces{"to",       "to_digits",  "from",    "text",
                                                   "code",     "message_id", "channel", "language",
                                                   "template", "life"};

std::string value_of(std::string_view place, const OutgoingText& text, const std::string& from)
{
    if (place == "to") return text.recipient;
    if (place == "to_digits") return text.recipient.substr(1);
    if (place == "from") return from;
    if (place == "text") return text.text;
    if (place == "code") return text.code;
    if (place == "message_id") return text.message_id;
    if (place == "channel") return std::string{contacts::to_text(text.channel)};
    if (place == "language") return std::string{contacts::to_text(text.language)};
    if (place == "template") return text.template_name;
    return std::to_string(text.life.count());
}

/// Puts values into the places of a text, each by way of `escape`. A value that looks like a place stays
/// what it is.
template <class Escape>
std::string fill_places(std::string_view source, const OutgoingText& text, const std::string& from,
                        Escape escape)
{
    std::string filled;
    while (!source.empty()) {
        const auto begin = source.find("{{");
        const auto end = begin == std::string_view::npos ? begin : source.find("}}", begin);
        if (end == std::string_view::npos) return filled.append(source);
        filled += source.substr(0, begin);
        const auto place = source.substr(begin + 2, end - begin - 2);
        filled += escape(value_of(place, text, from));
        source.remove_prefix(end + 2);
    }
    return filled;
}

/// Fills the texts of a document: what is put in can't change its form.
void fill_json(json& value, const OutgoingText& text, const std::string& from)
{
    if (value.is_string()) {
        value = fill_places(value.get<std::string>(), text, from, std::identity{});
    } else if (value.is_structured()) {
        for (auto& item : value) fill_json(item, text, from);
    }
}

FormFields fields_of(const json& body)
{
    FormFields fields;
    for (const auto& [name, value] : body.items()) {
        fields.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
    }
    return fields;
}

/// A text or number at a place of the answer.
std::string text_at(const json& answer, const std::string& pointer)
{
    if (pointer.empty()) return {};
    try {
        const json::json_pointer place{pointer};
        if (!answer.contains(place)) return {};
        const auto& value = answer.at(place);
        if (value.is_structured())
            return {};  // As deep as the provider likes: nothing to write down.
        return value.is_string() ? value.get<std::string>() : value.dump();
    } catch (const json::exception&) {  // No pointer: the account was checked when it was saved.
        return {};
    }
}

bool is_success(const ProviderAccount& account, const ProviderAnswer& answer, const json& document)
{
    if (answer.status < 200 || answer.status > 299) return false;
    const auto pointer = account.setting("success_pointer");
    return pointer.empty() || text_at(document, pointer) == account.setting("success_value");
}

outbound::HttpRequest request_of(const OutgoingText& text, const ProviderAccount& account)
{
    const auto from = text.from.empty() ? account.setting("from") : text.from;
    outbound::HttpRequest request;
    request.method = account.setting("method");
    request.url = fill_places(account.setting("url"), text, from, percent_encoded);
    request.headers = {{"Accept", "application/json"}, {"Idempotency-Key", text.message_id}};
    const auto headers = json::parse(account.secret("headers").reveal(), nullptr, false);
    if (headers.is_object()) {
        for (const auto& [name, value] : headers.items()) {
            request.headers.push_back({name, value.get<std::string>()});
        }
    }
    if (request.method == "GET") return request;
    const auto source = account.setting("body");
    auto body = json::parse(source.empty() ? kUsualBody : source, nullptr, false);
    fill_json(body, text, from);
    const bool is_form = account.setting("content") == "form";
    request.body = is_form ? to_form(fields_of(body)) : body.dump();
    request.headers.push_back(
        {"Content-Type", is_form ? "application/x-www-form-urlencoded" : "application/json"});
    return request;
}

}  // namespace

std::optional<std::string> find_unknown_place(std::string_view text)
{
    for (auto begin = text.find("{{"); begin != std::string_view::npos;
         begin = text.find("{{", begin)) {
        const auto end = text.find("}}", begin);
        if (end == std::string_view::npos) return "has a {{ without }}";
        const auto place = text.substr(begin + 2, end - begin - 2);
        if (std::find(kPlaces.begin(), kPlaces.end(), place) == kPlaces.end()) {
            return "has an unknown place: known are {{to}}, {{to_digits}}, {{from}}, {{text}}, {{code}}, "
                   "{{message_id}}, {{channel}}, {{language}}, {{template}} and {{life}}";
        }
        begin = end;
    }
    return std::nullopt;
}

SendOutcome HttpSender::send(const OutgoingText& text)
{
    const auto& account = parts_.account;
    auto request = request_of(text, account);
    request.timeout = parts_.timeout;
    const auto answer = ask_provider(parts_.http, std::move(request));
    if (!answer) return answer.error();
    const auto document = json::parse(answer->body, nullptr, false);
    if (is_success(account, *answer, document)) {
        const auto id = text_at(document, account.setting("id_pointer"));
        return acceptance(id, provider_words(id, {}));
    }
    auto words = provider_words("HTTP " + std::to_string(answer->status),
                                std::string_view{answer->body}.substr(0, 150));
    if (answer->status >= 200 && answer->status <= 299) {
        return refusal(Verdict::Message, "the provider's answer isn't the one that means success",
                       std::move(words));
    }
    return outcome_of_status(*answer, std::move(words));
}

}  // namespace accessd::delivery
