#include "delivery/provider_receipts.h"

#include "base/encoding.h"
#include "base/id.h"
#include "base/json.h"
#include "crypto/hash.h"
#include "delivery/twilio_sender.h"
#include "delivery/vonage_sender.h"
#include "delivery/whatsapp_sender.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace accessd::delivery {
namespace {

using nlohmann::json;
using Kind = Receipt::Kind;
using Receipts = std::vector<ReadReceipt>;

constexpr std::size_t kReceiptsMax = 100;  // In one post of WhatsApp's.
constexpr std::string_view kBearer = "Bearer ";
constexpr std::string_view kHubPrefix = "sha256=";

Error forged()
{
    return Error{ErrorCode::InvalidCredentials}.saying(
        "The receipt's signature isn't one of this sender's secret.");
}

bool is_equal(std::string_view left, std::string_view right)
{
    return crypto::is_equal_in_constant_time(left, right);
}

void add(Receipts& receipts, std::string message_id, std::optional<Kind> kind, std::string reason,
         std::string words, TimePoint now)
{
    if (!kind || !looks_like_id(message_id, "msg_")) return;
    if (*kind == Kind::Delivered) reason.clear();
    if (*kind == Kind::Bounced && reason.empty()) reason = "the provider couldn't deliver it";
    receipts.push_back(
        {Receipt{std::move(message_id), *kind, std::move(reason), std::move(words), now}, {}, {}});
}

std::string field_of(const FormFields& form, std::string_view name)
{
    const auto found = std::find_if(form.begin(), form.end(),
                                    [&](const auto& field) { return field.first == name; });
    return found == form.end() ? std::string{} : found->second;
}

/// Source: Twilio, "Webhooks security": HMAC-SHA-1 of the URL and the sorted fields, in Base64.
bool is_twilios(const ProviderPost& post, const Secret& token)
{
    auto fields = post.form;
    std::sort(fields.begin(), fields.end());
    auto text = post.url;
    for (const auto& [name, value] : fields) text += name + value;
    return !token.empty() &&
           is_equal(to_base64(crypto::hmac_sha1(token.reveal(), text)), post.signature);
}

std::optional<Kind> twilio_kind(std::string_view status)
{
    if (status == "delivered" || status == "read") return Kind::Delivered;
    if (status == "undelivered" || status == "failed") return Kind::Bounced;
    return std::nullopt;  // "sent" and those before it: it goes on.
}

Result<Receipts> read_twilio(const ProviderPost& post, const ProviderAccount& account,
                             TimePoint now)
{
    if (!is_twilios(post, account.secret("auth_token"))) return forged();
    const auto status = field_of(post.form, "MessageStatus");
    const auto code = field_of(post.form, "ErrorCode");
    Receipts receipts;
    add(receipts, post.message_id, twilio_kind(status), explain_twilio(code),
        provider_words(code, status), now);
    return receipts;
}

/// The claims of a token that was signed with HS256, whatever its header says of that; else nothing.
std::optional<json> open_token(std::string_view token, const Secret& secret)
{
    const auto first = token.find('.');
    const auto last = token.rfind('.');
    if (secret.empty() || first == std::string_view::npos || first == last) return std::nullopt;
    const auto signature = from_base64url(token.substr(last + 1));
    if (!signature ||
        !is_equal(crypto::hmac_sha256(secret.reveal(), token.substr(0, last)), *signature)) {
        return std::nullopt;
    }
    const auto payload = from_base64url(token.substr(first + 1, last - first - 1));
    if (!payload) return std::nullopt;
    auto claims = json::parse(*payload, nullptr, false);
    return claims.is_object() ? std::optional{std::move(claims)} : std::nullopt;
}

/// Source: Vonage, "Signed webhooks": a token in Authorization that names the body's SHA-256.
Result<void> check_vonage(const ProviderPost& post, const Secret& secret, TimePoint now)
{
    if (!post.authorization.starts_with(kBearer)) return forged();
    const auto claims = open_token(post.authorization.substr(kBearer.size()), secret);
    if (!claims) return forged();
    const auto hash = from_hex(text_in(*claims, "payload_hash"));
    if (!hash || !is_equal(*hash, crypto::sha256(post.body))) return forged();
    const auto issued = claims->find("iat");
    if (issued == claims->end() || !issued->is_number_integer()) return forged();
    if (is_signature_fresh(issued->get<std::int64_t>(), now)) return {};
    return Error{ErrorCode::InvalidCredentials}.saying(
        "The receipt was signed more than five minutes ago, or in the future. Check the clocks.");
}

std::optional<Kind> vonage_kind(std::string_view status)
{
    if (status == "delivered" || status == "read") return Kind::Delivered;
    if (status == "rejected" || status == "undeliverable") return Kind::Bounced;
    return std::nullopt;
}

Result<Receipts> read_vonage(const ProviderPost& post, const ProviderAccount& account,
                             TimePoint now)
{
    ACCESSD_CHECK(check_vonage(post, account.secret("signature_secret"), now));
    ACCESSD_TRY(const auto body, parse_json(post.body));
    if (!body.is_object()) return Error::invalid("", "must be an object");
    const auto status = text_in(body, "status");
    std::string code;
    std::string sentence = status;
    if (const auto error = body.find("error"); error != body.end() && error->is_object()) {
        const auto type = text_in(*error, "type");
        code = type.substr(type.find('#') + 1);
        if (code == type) code = text_in(*error, "title");  // Some say the number there.
        sentence += " " + text_in(*error, "detail");
    }
    Receipts receipts;
    add(receipts, text_in(body, "client_ref"), vonage_kind(status), explain_vonage(code),
        provider_words(code, sentence), now);
    return receipts;
}

std::optional<Kind> whatsapp_kind(std::string_view status)
{
    if (status == "delivered" || status == "read") return Kind::Delivered;
    if (status == "failed") return Kind::Bounced;
    return std::nullopt;
}

const json& list_in(const json& object, const char* name)
{
    static const json none = json::array();
    if (!object.is_object()) return none;
    const auto found = object.find(name);
    return found != object.end() && found->is_array() ? *found : none;
}

void read_statuses(const json& statuses, Receipts& receipts, TimePoint now)
{
    for (const auto& item : statuses) {
        if (!item.is_object() || receipts.size() == kReceiptsMax) continue;
        const auto& errors = list_in(item, "errors");
        std::string code;
        std::string title;
        if (!errors.empty() && errors.front().is_object()) {
            code = text_in(errors.front(), "code");
            title = text_in(errors.front(), "title");
        }
        const auto status = text_in(item, "status");
        add(receipts, text_in(item, "biz_opaque_callback_data"), whatsapp_kind(status),
            explain_whatsapp(code), provider_words(code, title.empty() ? status : title), now);
    }
}

/// Source: Meta, "Webhooks: validate payloads" and "Messages: status".
Result<Receipts> read_whatsapp(const ProviderPost& post, const ProviderAccount& account,
                               TimePoint now)
{
    const auto& secret = account.secret("app_secret");
    if (secret.empty() || !post.signature.starts_with(kHubPrefix)) return forged();
    const auto given = from_hex(post.signature.substr(kHubPrefix.size()));
    if (!given || !is_equal(crypto::hmac_sha256(secret.reveal(), post.body), *given))
        return forged();
    ACCESSD_TRY(const auto body, parse_json(post.body));
    Receipts receipts;
    for (const auto& entry : list_in(body, "entry")) {
        for (const auto& change : list_in(entry, "changes")) {
            if (!change.is_object()) continue;
            const auto value = change.find("value");
            if (value != change.end()) read_statuses(list_in(*value, "statuses"), receipts, now);
        }
    }
    return receipts;
}

}  // namespace

Result<std::vector<ReadReceipt>> read_provider_receipts(const ProviderPost& post,
                                                        const ProviderAccount& account,
                                                        TimePoint now)
{
    switch (account.kind) {
    case SenderKind::Twilio: return read_twilio(post, account, now);
    case SenderKind::Vonage: return read_vonage(post, account, now);
    case SenderKind::WhatsAppCloud: return read_whatsapp(post, account, now);
    case SenderKind::Http:
    case SenderKind::Smtp: break;
    }
    return forged();
}

}  // namespace accessd::delivery
