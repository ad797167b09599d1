#include "delivery/twilio_sender.h"

#include "base/percent_encoding.h"
#include "delivery/provider_call.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace accessd::delivery {
namespace {

struct Meaning {
    std::string_view code;
    Verdict verdict;
    std::string_view reason;
};

constexpr auto kTooMany = "too many messages for the account at the moment";

// Source: Twilio's "Error and warning dictionary".
constexpr std::array kMeanings{
    Meaning{"20003", Verdict::Account, "the account's credentials are wrong"},
    Meaning{"20404", Verdict::Account, "the account doesn't exist"},
    Meaning{"20429", Verdict::Later, kTooMany},
    Meaning{"14107", Verdict::Later, kTooMany},
    Meaning{"21211", Verdict::Recipient, "the number is not valid"},
    Meaning{"21212", Verdict::Account, "the sender's number is not valid"},
    Meaning{"21408", Verdict::Message, "the account may not send to this country"},
    Meaning{"21606", Verdict::Message, "the sender's number can't send to this recipient"},
    Meaning{"21608", Verdict::Message, "a trial account sends to verified numbers only"},
    Meaning{"21610", Verdict::Recipient, "the recipient asked for no more messages"},
    Meaning{"21611", Verdict::Later, "the provider's queue for this sender is full"},
    Meaning{"21612", Verdict::Message, "the sender can't reach this recipient"},
    Meaning{"21614", Verdict::Recipient, "the number can't receive SMS"},
    Meaning{"21635", Verdict::Recipient, "the number is a fixed line"},
    Meaning{"30001", Verdict::Later, "the provider's queue is full"},
    Meaning{"30002", Verdict::Account, "the account is suspended"},
    Meaning{"30003", Verdict::Recipient, "the phone is switched off or out of reach"},
    Meaning{"30004", Verdict::Recipient, "the recipient blocks the message"},
    Meaning{"30005", Verdict::Recipient, "the number isn't in use"},
    Meaning{"30006", Verdict::Recipient, "the number is a fixed line, or its network takes no SMS"},
    Meaning{"30007", Verdict::Message, "the network filters the message"},
    Meaning{"30008", Verdict::Message, "the network gives no reason"},
    Meaning{"30022", Verdict::Later, kTooMany},
    Meaning{"30034", Verdict::Message, "the sender's number isn't registered for this country"},
    Meaning{"30410", Verdict::Later, "the network doesn't answer"},
    Meaning{"63003", Verdict::Recipient, "the number has no WhatsApp"},
    Meaning{"63007", Verdict::Account, "the account has no such WhatsApp sender"},
    Meaning{"63016", Verdict::Account, "WhatsApp takes approved templates only: set content_sid"},
    Meaning{"63018", Verdict::Later, kTooMany},
    Meaning{"63024", Verdict::Recipient, "the number has no WhatsApp"},
};

const Meaning* find_meaning(std::string_view code)
{
    const auto* found = std::find_if(kMeanings.begin(), kMeanings.end(),
                                     [&](const Meaning& one) { return one.code == code; });
    return found == kMeanings.end() ? nullptr : found;
}

/// Twilio waits this long at least and at most before it drops a message. Source: "ValidityPeriod".
constexpr int kValidityMin = 1;
constexpr int kValidityMax = 36'000;

FormFields form_of(const OutgoingText& text, const TextSenderParts& parts)
{
    const auto& account = parts.account;
    const bool is_whatsapp = text.channel == contacts::Channel::WhatsApp;
    const std::string prefix = is_whatsapp ? "whatsapp:" : "";
    FormFields form{{"To", prefix + text.recipient}};
    const auto from = text.from.empty() ? account.setting("from") : text.from;
    const auto service = account.setting("messaging_service_sid");
    // A sender for the recipient's country goes before the service, which would choose by itself.
    const bool uses_service = !service.empty() && (text.from.empty() || is_whatsapp);
    if (uses_service) form.emplace_back("MessagingServiceSid", service);
    if (!from.empty() && (!uses_service || is_whatsapp)) form.emplace_back("From", prefix + from);
    const auto content =
        text.template_name.empty() ? account.setting("content_sid") : text.template_name;
    if (is_whatsapp && !content.empty()) {
        form.emplace_back("ContentSid", content);
        form.emplace_back("ContentVariables", nlohmann::json{{"1", text.code}}.dump());
    } else {
        form.emplace_back("Body", text.text);
    }
    const auto life = std::clamp(static_cast<int>(text.life.count()), kValidityMin, kValidityMax);
    form.emplace_back("ValidityPeriod", std::to_string(life));
    if (!parts.receipts_url.empty()) {
        form.emplace_back("StatusCallback", parts.receipts_url + "?message=" + text.message_id);
    }
    return form;
}

}  // namespace

std::string explain_twilio(std::string_view code)
{
    const auto* meaning = find_meaning(code);
    return meaning == nullptr ? std::string{} : std::string{meaning->reason};
}

SendOutcome TwilioSender::send(const OutgoingText& text)
{
    const auto& account = parts_.account;
    const auto sid = account.setting("account_sid");
    outbound::HttpRequest request;
    request.url = account.setting("base_url") + "/2010-04-01/Accounts/" + percent_encoded(sid) +
                  "/Messages.json";
    request.headers = {
        {"Authorization", basic_credentials(sid, account.secret("auth_token").reveal())},
        {"Content-Type", "application/x-www-form-urlencoded"},
        {"Accept", "application/json"}};
    request.body = to_form(form_of(text, parts_));
    request.timeout = parts_.timeout;

    const auto answer = ask_provider(parts_.http, std::move(request));
    if (!answer) return answer.error();
    const auto json = json_of(*answer);
    if (answer->status == 200 || answer->status == 201) {
        const auto id = text_in(json, "sid");
        if (!id.empty()) return acceptance(id, provider_words(id, text_in(json, "status")));
        // It has taken something: sending again could send and bill twice.
        return acceptance({}, "the answer couldn't be read");
    }
    const auto code = text_in(json, "code");
    const auto words = provider_words(code, text_in(json, "message"));
    const auto* meaning = find_meaning(code);
    if (meaning == nullptr) return outcome_of_status(*answer, words);
    auto outcome = refusal(meaning->verdict, std::string{meaning->reason}, words);
    outcome.retry_after = answer->retry_after;
    return outcome;
}

}  // namespace accessd::delivery
