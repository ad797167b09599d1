#include "delivery/vonage_sender.h"

#include "delivery/mail_headers.h"
#include "delivery/provider_call.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace accessd::delivery {
namespace {

struct Meaning {
    std::string_view code;
    Verdict verdict;
    std::string_view reason;
};

// Source: Vonage, "Messages API errors".
constexpr std::array kMeanings{
    Meaning{"1000", Verdict::Later, "too many messages for the account at the moment"},
    Meaning{"1010", Verdict::Message, "the message lacks something that the provider wants"},
    Meaning{"1020", Verdict::Message, "the provider finds a value of the message not valid"},
    Meaning{"1021", Verdict::Account, "the account or the sender is not valid"},
    Meaning{"1022", Verdict::Account, "the template or its parameters are not valid"},
    Meaning{"1030", Verdict::Later, "the provider has an error of its own"},
    Meaning{"1050", Verdict::Message, "the network forbids this sender"},
    Meaning{"1060", Verdict::Account, "the account is not allowed to do this"},
    Meaning{"1070", Verdict::Account, "the account has no credit left"},
    Meaning{"1080", Verdict::Account, "the account may not send by this channel"},
    Meaning{"1120", Verdict::Message, "the sender is not valid in this country"},
    Meaning{"1170", Verdict::Recipient, "the number is not valid"},
    Meaning{"1180", Verdict::Recipient, "the phone is switched off or out of reach"},
    Meaning{"1210", Verdict::Message, "the network filters the message"},
    Meaning{"1240", Verdict::Recipient, "the recipient asked for no more messages"},
    Meaning{"1241", Verdict::Recipient, "the recipient is blocked"},
    Meaning{"1300", Verdict::Recipient, "the number can't be reached"},
    Meaning{"1320", Verdict::Later, "the network doesn't answer"},
    Meaning{"1330", Verdict::Message, "the network gives no reason"},
    Meaning{"1340", Verdict::Account, "WhatsApp takes approved templates only"},
    Meaning{"1360", Verdict::Recipient, "the phone didn't take the message in time"},
    Meaning{"1420", Verdict::Account, "the account's sender is not valid"},
};

const Meaning* find_meaning(std::string_view code)
{
    const auto* found = std::find_if(kMeanings.begin(), kMeanings.end(),
                                     [&](const Meaning& one) { return one.code == code; });
    return found == kMeanings.end() ? nullptr : found;
}

/// Vonage takes no shorter life. Source: "ttl".
constexpr std::int64_t kLifeMin = 20;

std::string without_plus(const std::string& number)
{
    return number.starts_with('+') ? number.substr(1) : number;
}

nlohmann::json body_of(const OutgoingText& text, const ProviderAccount& account)
{
    const bool is_whatsapp = text.channel == contacts::Channel::WhatsApp;
    const auto from = text.from.empty() || is_whatsapp ? account.setting("from") : text.from;
    nlohmann::json body{{"channel", contacts::to_text(text.channel)},
                        {"to", without_plus(text.recipient)},
                        {"from", without_plus(from)},
                        {"client_ref", text.message_id}};
    const auto name = text.template_name.empty() ? account.setting("template") : text.template_name;
    if (is_whatsapp && !name.empty()) {
        body["message_type"] = "custom";
        body["custom"] = {
            {"type", "template"},
            {"template",
             {{"name", name},
              {"language",
               {{"policy", "deterministic"}, {"code", template_language(account, text.language)}}},
              {"components", template_components(text.code)}}}};
        return body;
    }
    body["message_type"] = "text";
    body["text"] = text.text;
    if (!is_whatsapp) body["ttl"] = std::max<std::int64_t>(kLifeMin, text.life.count());
    return body;
}

/// The end of "https://developer.vonage.com/api-errors/messages#1020".
std::string code_of(const nlohmann::json& json)
{
    const auto type = text_in(json, "type");
    const auto hash = type.rfind('#');
    return hash == std::string::npos ? std::string{} : type.substr(hash + 1);
}

}  // namespace

std::string explain_vonage(std::string_view code)
{
    const auto* meaning = find_meaning(code);
    return meaning == nullptr ? std::string{} : std::string{meaning->reason};
}

SendOutcome VonageSender::send(const OutgoingText& text)
{
    const auto& account = parts_.account;
    outbound::HttpRequest request;
    request.url = account.setting("base_url") + "/v1/messages";
    request.headers = {{"Authorization", basic_credentials(account.setting("api_key"),
                                                           account.secret("api_secret").reveal())},
                       {"Content-Type", "application/json"},
                       {"Accept", "application/json"}};
    request.body = body_of(text, account).dump();
    request.timeout = parts_.timeout;

    const auto answer = ask_provider(parts_.http, std::move(request));
    if (!answer) return answer.error();
    const auto json = json_of(*answer);
    if (answer->status == 200 || answer->status == 202) {
        const auto id = text_in(json, "message_uuid");
        // Without one, it has taken something all the same: sending again could send and bill twice.
        return acceptance(id, id.empty() ? "the answer couldn't be read" : without_addresses(id));
    }
    const auto code = code_of(json);
    auto sentence = text_in(json, "title");
    if (const auto detail = text_in(json, "detail"); !detail.empty()) sentence += ": " + detail;
    const auto words = provider_words(code, sentence);
    const auto* meaning = find_meaning(code);
    if (meaning == nullptr) return outcome_of_status(*answer, words);
    auto outcome = refusal(meaning->verdict, std::string{meaning->reason}, words);
    outcome.retry_after = answer->retry_after;
    return outcome;
}

}  // namespace accessd::delivery
