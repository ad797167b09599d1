// Receipts: anybody may post to their address. What isn't signed with a sender's secret is refused, and what is
// signed, by a relay or provider that may be broken, becomes a receipt that a support person can read, or none.

#include "fuzz.h"

#include "base/encoding.h"
#include "base/id.h"
#include "crypto/hash.h"
#include "delivery/provider_receipts.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace accessd::fuzz {
namespace {

using delivery::PostedReceipt;
using delivery::ProviderAccount;
using delivery::ProviderPost;
using delivery::ReadReceipt;
using delivery::Receipt;
using delivery::SenderKind;
using nlohmann::json;

constexpr auto kSecret = "secret-of-the-sender";
constexpr TimePoint kNow{std::chrono::seconds{1'772'357'400}};
constexpr std::size_t kWordsMax = 500;

const delivery::ReceiptKeys& keys()
{
    static const delivery::ReceiptKeys both{Secret{kSecret}, Secret{kSecret}};
    return both;
}

const ProviderAccount& account_of(SenderKind kind)
{
    static const std::map<std::string, Secret> secrets{{"auth_token", Secret{kSecret}},
                                                       {"signature_secret", Secret{kSecret}},
                                                       {"app_secret", Secret{kSecret}}};
    static const ProviderAccount twilio{SenderKind::Twilio, {}, {}, secrets};
    static const ProviderAccount vonage{SenderKind::Vonage, {}, {}, secrets};
    static const ProviderAccount whatsapp{SenderKind::WhatsAppCloud, {}, {}, secrets};
    switch (kind) {
    case SenderKind::Twilio: return twilio;
    case SenderKind::Vonage: return vonage;
    default: return whatsapp;
    }
}

bool is_line(std::string_view text)
{
    return text.size() <= kWordsMax && std::all_of(text.begin(), text.end(), [](char c) {
               return c >= ' ' && c < 0x7f && c != '@';
           });
}

void check_receipt(const ReadReceipt& read)
{
    if (!read.receipt) {
        require(read.provider_id.empty(), "no receipt is of no message");
        return;
    }
    const auto& receipt = *read.receipt;
    require(receipt.message_id.empty() ? !read.provider_id.empty()
                                       : looks_like_id(receipt.message_id, "msg_"),
            "a receipt is about a message");
    require(receipt.received_at == kNow, "a receipt has the time of its arrival");
    require(receipt.reason.empty() == (receipt.kind == Receipt::Kind::Delivered),
            "all but good news has a reason");
    require(is_line(receipt.provider_answer), "the other side's words are one line without people");
    require(is_line(receipt.reason), "a reason is one line without people");
}

void check_refusal(const Error& error)
{
    require(error.code == ErrorCode::InvalidCredentials || error.code == ErrorCode::InvalidJson ||
                error.code == ErrorCode::InvalidRequest,
            "a refusal is the sender's fault");
}

void check_one(const Result<ReadReceipt>& read)
{
    if (read)
        check_receipt(*read);
    else
        check_refusal(read.error());
}

void check_all(const Result<std::vector<ReadReceipt>>& read)
{
    if (!read) return check_refusal(read.error());
    require(read->size() <= 100, "few receipts in one post");
    for (const auto& one : *read) {
        require(one.receipt.has_value(), "a provider's receipt says something");
        check_receipt(one);
    }
}

/// As its owner signs it: JSON of ours, or a delivery report.
void try_own(std::string_view content_type, std::string_view body)
{
    const auto time = std::to_string(unix_seconds(kNow));
    const auto text = time + "." + std::string{body};
    const auto signature = "t=" + time + ",v1=" + to_hex(crypto::hmac_sha256(kSecret, text));
    check_one(read_receipt({content_type, signature, body}, keys(), kNow));
}

/// Signed with a time that the relay chooses.
void try_times(std::string_view time)
{
    const std::string_view body = R"({"event": "delivered", "message_id": "x"})";
    const auto text = std::string{time} + "." + std::string{body};
    const auto signature =
        "t=" + std::string{time} + ",v1=" + to_hex(crypto::hmac_sha256(kSecret, text));
    check_one(read_receipt({"application/json", signature, body}, keys(), kNow));
}

void try_mailgun(std::string_view event)
{
    const auto time = std::to_string(unix_seconds(kNow));
    const std::string token = "token";
    const auto signature = json{{"timestamp", time},
                                {"token", token},
                                {"signature", to_hex(crypto::hmac_sha256(kSecret, time + token))}};
    const auto body =
        R"({"signature":)" + signature.dump() + R"(,"event-data":)" + std::string{event} + "}";
    check_one(read_receipt({"application/json", {}, body}, keys(), kNow));
}

void try_twilio(std::string_view input)
{
    const auto parts = split(input, 8);
    ProviderPost post;
    post.url = "https://login.example.com/receipts?message=" + parts[0];
    post.message_id = parts[0];
    post.form = {{"MessageStatus", parts[1]}, {"ErrorCode", parts[2]}};
    for (std::size_t i = 3; i + 1 < parts.size(); i += 2) {
        post.form.emplace_back(parts[i], parts[i + 1]);
    }
    auto fields = post.form;
    std::sort(fields.begin(), fields.end());
    auto text = post.url;
    for (const auto& [name, value] : fields) text += name + value;
    const auto signature = to_base64(crypto::hmac_sha1(kSecret, text));
    post.signature = signature;
    const auto read = read_provider_receipts(post, account_of(SenderKind::Twilio), kNow);
    require(read.has_value(), "what Twilio signs is read");
    check_all(read);
}

/// The claims and the body that the holder of the secret signs, whatever they are.
void try_vonage(std::string_view claims, std::string_view body)
{
    const auto part = to_base64url(R"({"alg":"HS256"})") + "." + to_base64url(claims);
    const auto authorization =
        "Bearer " + part + "." + to_base64url(crypto::hmac_sha256(kSecret, part));
    ProviderPost post;
    post.authorization = authorization;
    post.body = body;
    check_all(read_provider_receipts(post, account_of(SenderKind::Vonage), kNow));
}

void try_vonage_body(std::string_view body)
{
    const auto claims =
        json{{"iat", unix_seconds(kNow)}, {"payload_hash", to_hex(crypto::sha256(body))}};
    try_vonage(claims.dump(), body);
}

void try_whatsapp(std::string_view body)
{
    const auto signature = "sha256=" + to_hex(crypto::hmac_sha256(kSecret, body));
    ProviderPost post;
    post.signature = signature;
    post.body = body;
    check_all(read_provider_receipts(post, account_of(SenderKind::WhatsAppCloud), kNow));
}

/// What a stranger can send: without the secret, nothing is taken.
void try_unsigned(std::string_view input)
{
    const auto parts = split(input, 3);
    for (const auto* type : {"application/json", "multipart/report", "text/plain"}) {
        require(!read_receipt({type, parts[0], parts[2]}, keys(), kNow), "nobody can forge ours");
    }
    ProviderPost post;
    post.url = "https://login.example.com/receipts";
    post.form = {{"MessageStatus", "delivered"}};
    post.signature = parts[0];
    post.authorization = parts[1];
    post.body = parts[2];
    for (const auto kind : {SenderKind::Twilio, SenderKind::Vonage, SenderKind::WhatsAppCloud}) {
        const auto read = read_provider_receipts(post, account_of(kind), kNow);
        require(!read && (read.error().code == ErrorCode::InvalidCredentials),
                "nobody can forge a provider's");
    }
}

}  // namespace

/// The first byte chooses what is tried.
void try_receipt(std::string_view input)
{
    if (input.empty()) return;
    const auto rest = input.substr(1);
    switch (input[0]) {
    case 'o': return try_own("application/json", rest);
    case 'r': return try_own("multipart/report", rest);
    case 'T': return try_times(rest);
    case 'm': return try_mailgun(rest);
    case 't': return try_twilio(rest);
    case 'c': return try_vonage(rest, "{}");
    case 'v': return try_vonage_body(rest);
    case 'w': return try_whatsapp(rest);
    default: return try_unsigned(rest);
    }
}

}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    accessd::fuzz::try_receipt(accessd::fuzz::to_view(data, size));
    return 0;
}
