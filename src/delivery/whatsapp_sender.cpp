#include "delivery/whatsapp_sender.h"

#include "base/percent_encoding.h"
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

constexpr auto kTooMany = "too many messages for the account at the moment";
constexpr auto kTemplate = "the template doesn't exist, or its parameters are others";

// Source: Meta, "WhatsApp Business Platform: error codes".
constexpr std::array kMeanings{
    Meaning{"0", Verdict::Account, "the access token is not valid"},
    Meaning{"3", Verdict::Account, "the access token doesn't allow sending"},
    Meaning{"10", Verdict::Account, "the access token doesn't allow sending"},
    Meaning{"190", Verdict::Account, "the access token has expired"},
    Meaning{"1", Verdict::Later, "the provider has an error of its own"},
    Meaning{"2", Verdict::Later, "the provider is overloaded or down"},
    Meaning{"4", Verdict::Later, kTooMany},
    Meaning{"33", Verdict::Account, "the account's phone_number_id doesn't exist"},
    Meaning{"100", Verdict::Message, "the provider finds a value of the message not valid"},
    Meaning{"368", Verdict::Account, "the account is blocked for a while"},
    Meaning{"80007", Verdict::Later, kTooMany},
    Meaning{"130429", Verdict::Later, kTooMany},
    Meaning{"130472", Verdict::Recipient, "WhatsApp withholds messages from this number"},
    Meaning{"130497", Verdict::Message, "the account may not send to this country"},
    Meaning{"131000", Verdict::Later, "the provider has an error of its own"},
    Meaning{"131005", Verdict::Account, "the access token doesn't allow sending"},
    Meaning{"131008", Verdict::Message, "the message lacks something that the provider wants"},
    Meaning{"131009", Verdict::Message, "the provider finds a value of the message not valid"},
    Meaning{"131016", Verdict::Later, "the provider is down for a while"},
    Meaning{"131021", Verdict::Recipient, "the number is the sender's own"},
    Meaning{"131026", Verdict::Recipient, "the number has no WhatsApp, or takes no such messages"},
    Meaning{"131030", Verdict::Message, "a test account sends to listed numbers only"},
    Meaning{"131031", Verdict::Account, "the account is locked"},
    Meaning{"131042", Verdict::Account, "the account's way of paying doesn't work"},
    Meaning{"131045", Verdict::Account, "the sender's number isn't registered"},
    Meaning{"131047", Verdict::Account, "WhatsApp takes approved templates only"},
    Meaning{"131048", Verdict::Later, kTooMany},
    Meaning{"131049", Verdict::Recipient, "WhatsApp withholds messages from this number"},
    Meaning{"131056", Verdict::Later, "too many messages to this number at the moment"},
    Meaning{"131057", Verdict::Later, "the account is under maintenance"},
    Meaning{"132000", Verdict::Account, kTemplate},
    Meaning{"132001", Verdict::Account, kTemplate},
    Meaning{"132005", Verdict::Account, kTemplate},
    Meaning{"132007", Verdict::Account, kTemplate},
    Meaning{"132012", Verdict::Account, kTemplate},
    Meaning{"132015", Verdict::Account, "the template is paused"},
    Meaning{"132016", Verdict::Account, "the template is switched off"},
    Meaning{"133004", Verdict::Later, "the provider is down for a while"},
    Meaning{"133010", Verdict::Account, "the sender's number isn't registered"},
};

const Meaning* find_meaning(std::string_view code)
{
    const auto* found = std::find_if(kMeanings.begin(), kMeanings.end(),
                                     [&](const Meaning& one) { return one.code == code; });
    return found == kMeanings.end() ? nullptr : found;
}

nlohmann::json body_of(const OutgoingText& text, const ProviderAccount& account)
{
    const auto name = text.template_name.empty() ? account.setting("template") : text.template_name;
    return {{"messaging_product", "whatsapp"},
            {"recipient_type", "individual"},
            {"to", text.recipient},
            {"type", "template"},
            {"template",
             {{"name", name},
              {"language", {{"code", template_language(account, text.language)}}},
              {"components", template_components(text.code)}}},
            {"biz_opaque_callback_data", text.message_id}};
}

std::string id_in(const nlohmann::json& json)
{
    const auto messages = json.find("messages");
    if (messages == json.end() || !messages->is_array() || messages->empty()) return {};
    const auto& first = messages->front();
    return first.is_object() ? text_in(first, "id") : std::string{};
}

}  // namespace

std::string explain_whatsapp(std::string_view code)
{
    const auto* meaning = find_meaning(code);
    return meaning == nullptr ? std::string{} : std::string{meaning->reason};
}

SendOutcome WhatsAppSender::send(const OutgoingText& text)
{
    const auto& account = parts_.account;
    outbound::HttpRequest request;
    request.url = account.setting("base_url") + "/" + percent_encoded(account.setting("version")) +
                  "/" + percent_encoded(account.setting("phone_number_id")) + "/messages";
    request.headers = {{"Authorization", "Bearer " + account.secret("access_token").reveal()},
                       {"Content-Type", "application/json"},
                       {"Accept", "application/json"}};
    request.body = body_of(text, account).dump();
    request.timeout = parts_.timeout;

    const auto answer = ask_provider(parts_.http, std::move(request));
    if (!answer) return answer.error();
    const auto json = json_of(*answer);
    if (answer->status == 200) {
        const auto id = id_in(json);
        // Without one, it has taken something all the same: sending again could send and bill twice.
        return acceptance(id, id.empty() ? "the answer couldn't be read" : without_addresses(id));
    }
    const auto found = json.find("error");
    const auto error =
        found != json.end() && found->is_object() ? *found : nlohmann::json::object();
    const auto code = text_in(error, "code");
    const auto words = provider_words(code, text_in(error, "message"));
    const auto* meaning = find_meaning(code);
    if (meaning == nullptr) return outcome_of_status(*answer, words);
    auto outcome = refusal(meaning->verdict, std::string{meaning->reason}, words);
    outcome.retry_after = answer->retry_after;
    return outcome;
}

}  // namespace accessd::delivery
