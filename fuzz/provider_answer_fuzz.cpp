// What providers of phone messages answer to a message handed over: whatever it is, it becomes an outcome that decides
// whether the code goes out again, and words that name nobody.

#include "fuzz.h"

#include "delivery/text_sender.h"

#include <algorithm>
#include <iterator>

namespace accessd::fuzz {
namespace {

using delivery::SenderKind;
using delivery::SendOutcome;
using Outcome = delivery::Attempt::Outcome;

constexpr auto kRecipient = "+34600123456";
constexpr auto kCode = "908172635";

/// Answers what it is told to.
class ScriptedHttp final : public outbound::HttpClient {
public:
    ScriptedHttp(int status, const std::string& retry_after, std::string_view body)
    {
        answer_.status = status;
        answer_.headers = {{"Retry-After", retry_after}};
        answer_.body = body;
    }
    outbound::HttpResult send(const outbound::HttpRequest&) override { return answer_; }

private:
    outbound::HttpAnswer answer_;
};

delivery::ProviderAccount account_of(char letter)
{
    delivery::ProviderAccount account;
    account.kind = letter == 't'   ? SenderKind::Twilio
                   : letter == 'v' ? SenderKind::Vonage
                   : letter == 'w' ? SenderKind::WhatsAppCloud
                                   : SenderKind::Http;
    account.channel = letter == 'w' ? contacts::Channel::WhatsApp : contacts::Channel::Sms;
    account.settings = {{"url", "https://sms.example/{{to}}"},
                        {"method", "POST"},
                        {"content", "json"},
                        {"body", R"({"to": "{{to}}"})"},
                        {"id_pointer", "/id"},
                        {"from", "Shop"},
                        {"success_pointer", letter == 'p' ? "/a~1b/0" : ""},
                        {"success_value", "ok"}};
    return account;
}

bool is_line(std::string_view text)
{
    return text.size() <= 500 && std::all_of(text.begin(), text.end(), [](char c) {
               return c >= ' ' && c < 0x7f && c != '@';
           });
}

void check_outcome(const SendOutcome& outcome)
{
    const bool is_accepted = outcome.outcome == Outcome::Accepted;
    require(is_accepted || !outcome.reason.empty(), "a refusal has a reason");
    require(is_accepted || outcome.provider_id.empty(), "what was refused has no id");
    require(!(is_accepted && (outcome.concerns_account || outcome.is_for_another)),
            "what was accepted goes to nobody else");
    require(outcome.provider_id.size() <= 200, "an id is short");
    require(is_line(outcome.reason) && is_line(outcome.provider_answer),
            "words are one line without people");
    require(!outcome.retry_after || (outcome.retry_after->count() >= 0 &&
                                     *outcome.retry_after <= std::chrono::minutes{10}),
            "a wait has a bound");
    for (const auto& words : {outcome.reason, outcome.provider_answer}) {
        require(words.find(kCode) == std::string::npos &&
                    words.find(kRecipient) == std::string::npos,
                "words hold neither number nor code");
    }
}

/// The provider, the status, Retry-After and the body.
void try_answer(std::string_view input)
{
    constexpr int statuses[] = {200, 201, 202, 400, 401, 403, 404, 408, 422, 429, 500, 503};
    if (input.size() < 2) return;
    const auto status = statuses[static_cast<unsigned char>(input[1]) % std::size(statuses)];
    const auto parts = split(input.substr(2), 2);
    ScriptedHttp http{status, parts[0], parts[1]};
    const auto sender = delivery::make_text_sender(
        {account_of(input[0]), http, "https://login.example/receipts", std::chrono::seconds{1}});
    delivery::OutgoingText text;
    text.message_id = "msg_1";
    text.channel = account_of(input[0]).channel;
    text.recipient = kRecipient;
    text.text = std::string{"Your code is "} + kCode;
    text.code = kCode;
    check_outcome(sender->send(text));
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    accessd::fuzz::try_answer(accessd::fuzz::to_view(data, size));
    return 0;
}
