#include "delivery/receipt_forms.h"

#include "base/encoding.h"
#include "base/id.h"
#include "base/json.h"
#include "crypto/hash.h"
#include "delivery/delivery_report.h"
#include "delivery/mail_headers.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace accessd::delivery {
namespace {

using nlohmann::json;

constexpr std::size_t kMessageIdLength = 4 + 29;  // "msg_" and what make_id() puts behind it.
constexpr std::size_t kReasonMax = 200;
constexpr std::size_t kTokenMax = 200;  // Mailgun's have 50 characters.

Error refused(std::string sentence)
{
    return Error{ErrorCode::InvalidCredentials}.saying(std::move(sentence));
}

std::optional<std::int64_t> parse_seconds(std::string_view text)
{
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

Result<void> check_age(std::int64_t seconds, TimePoint now)
{
    if (is_signature_fresh(seconds, now)) return {};
    return refused(
        "The receipt was signed more than five minutes ago, or in the future. Check the clocks.");
}

bool is_signature(const Secret& key, std::string_view signed_text, std::string_view hex)
{
    const auto given = from_hex(hex);
    return given && !key.empty() &&
           crypto::is_equal_in_constant_time(crypto::hmac_sha256(key.reveal(), signed_text),
                                             *given);
}

/// X-Accessd-Signature: t=1772357400,v1=<HMAC-SHA-256 of "1772357400." and the body, in hex>
Result<void> check_own_signature(const PostedReceipt& posted, const Secret& key, TimePoint now)
{
    const auto comma = posted.signature.find(",v1=");
    if (!posted.signature.starts_with("t=") || comma == std::string_view::npos) {
        return refused("X-Accessd-Signature must be t=<seconds>,v1=<hex>.");
    }
    const auto time = posted.signature.substr(2, comma - 2);
    const auto seconds = parse_seconds(time);
    const auto text = std::string{time} + "." + std::string{posted.body};
    if (!seconds || !is_signature(key, text, posted.signature.substr(comma + 4))) {
        return refused("The receipt's signature isn't one of this sender's receipt_secret.");
    }
    return check_age(*seconds, now);
}

/// A text of an object; empty if there is none. Vendors' forms change: nothing else is asked of them.
std::string text_of(const json& object, const char* name)
{
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string()) return {};
    return found->get<std::string>();
}

const json& object_of(const json& object, const char* name)
{
    static const json none = json::object();
    const auto found = object.find(name);
    return found != object.end() && found->is_object() ? *found : none;
}

std::string usual_reason(Receipt::Kind kind)
{
    switch (kind) {
    case Receipt::Kind::Delivered: return {};
    case Receipt::Kind::Bounced: return "the mail came back";
    case Receipt::Kind::Complained: return "the recipient marked the mail as spam";
    case Receipt::Kind::Deferred: return "the recipient's server doesn't take the mail yet";
    }
    return {};
}

/// Fills in what a receipt doesn't say and cleans what it says.
Receipt finish(Receipt receipt, const std::string& status, TimePoint now)
{
    receipt.received_at = now;
    receipt.provider_answer = without_addresses(receipt.provider_answer);
    receipt.reason = without_addresses(receipt.reason).substr(0, kReasonMax);
    if (receipt.kind == Receipt::Kind::Delivered) receipt.reason.clear();
    if (receipt.reason.empty() && receipt.kind != Receipt::Kind::Complained &&
        receipt.kind != Receipt::Kind::Delivered) {
        receipt.reason = explain_status(status);
    }
    if (receipt.reason.empty()) receipt.reason = usual_reason(receipt.kind);
    return receipt;
}

/// {"event": "bounced", "message_id": "<msg_...@example.com>", "status": "5.1.1", "reason": …, "answer": …}
Result<ReadReceipt> read_own(const json& body, TimePoint now)
{
    const auto kind = parse_receipt_kind(text_of(body, "event"));
    if (!kind) {
        return Error::invalid("event", "must be delivered, bounced, complained or deferred");
    }
    const auto id = find_message_id(text_of(body, "message_id"));
    if (const auto theirs = text_of(body, "id"); !id && !theirs.empty()) {
        Receipt receipt{{}, *kind, text_of(body, "reason"), text_of(body, "answer"), {}};
        return ReadReceipt{finish(std::move(receipt), text_of(body, "status"), now), {}, theirs};
    }
    if (!id) return Error::invalid("message_id", "must be the id of a message from here");
    Receipt receipt{*id, *kind, text_of(body, "reason"), text_of(body, "answer"), {}};
    return ReadReceipt{finish(std::move(receipt), text_of(body, "status"), now), {}};
}

std::optional<Receipt::Kind> mailgun_kind(const json& data)
{
    const auto event = text_of(data, "event");
    if (event == "delivered") return Receipt::Kind::Delivered;
    if (event == "complained") return Receipt::Kind::Complained;
    if (event == "rejected") return Receipt::Kind::Bounced;
    if (event != "failed") return std::nullopt;
    return text_of(data, "severity") == "temporary" ? Receipt::Kind::Deferred
                                                    : Receipt::Kind::Bounced;
}

/// Source: Mailgun's manual, "Securing Webhooks" and "Webhooks".
Result<ReadReceipt> read_mailgun(const json& body, const Secret& key, TimePoint now)
{
    const auto& signature = object_of(body, "signature");
    const auto time = text_of(signature, "timestamp");
    const auto token = text_of(signature, "token");
    const auto seconds = parse_seconds(time);
    if (!seconds || token.empty() || token.size() > kTokenMax ||
        !is_signature(key, time + token, text_of(signature, "signature"))) {
        return refused("The receipt's signature isn't one of this sender's mailgun_signing_key.");
    }
    ACCESSD_CHECK(check_age(*seconds, now));

    const auto& data = object_of(body, "event-data");
    const auto kind = mailgun_kind(data);
    const auto& headers = object_of(object_of(data, "message"), "headers");
    const auto id = find_message_id(text_of(headers, "message-id"));
    if (!kind || !id) return ReadReceipt{std::nullopt, token};
    const auto& status = object_of(data, "delivery-status");
    Receipt receipt{*id, *kind, {}, text_of(status, "message"), {}};
    if (receipt.provider_answer.empty()) receipt.provider_answer = text_of(status, "description");
    receipt.token = token;
    return ReadReceipt{finish(std::move(receipt), text_of(status, "enhanced-code"), now), {}};
}

Result<ReadReceipt> read_report(std::string_view body, TimePoint now)
{
    auto report = parse_delivery_report(body);
    if (!report) {
        return Error::invalid("", "isn't a delivery report (RFC 3464) about a mail from here");
    }
    if (!report->kind) return ReadReceipt{};
    Receipt receipt{report->message_id, *report->kind, {}, report->diagnostic, {}};
    return ReadReceipt{finish(std::move(receipt), report->status, now), {}};
}

bool is_report(std::string_view content_type)
{
    return content_type == "multipart/report" || content_type == "message/delivery-status" ||
           content_type == "message/rfc822";
}

}  // namespace

std::optional<std::string> find_message_id(std::string_view text)
{
    for (auto at = text.find("msg_"); at != std::string_view::npos;
         at = text.find("msg_", at + 1)) {
        const auto candidate = text.substr(at, kMessageIdLength);
        if (looks_like_id(candidate, "msg_")) return std::string{candidate};
    }
    return std::nullopt;
}

Result<ReadReceipt> read_receipt(const PostedReceipt& posted, const ReceiptKeys& keys,
                                 TimePoint now)
{
    const bool is_json = posted.content_type == "application/json";
    if (!is_json && !is_report(posted.content_type)) return ErrorCode::UnsupportedMediaType;
    if (!posted.signature.empty()) {
        ACCESSD_CHECK(check_own_signature(posted, keys.own, now));
        if (!is_json) return read_report(posted.body, now);
    }
    if (!is_json) return refused("A delivery report needs the header X-Accessd-Signature.");
    ACCESSD_TRY(const auto body, parse_json(posted.body));
    if (!body.is_object()) return Error::invalid("", "must be an object");
    if (!posted.signature.empty()) return read_own(body, now);
    if (!body.contains("signature")) {
        return refused("The receipt isn't signed: it needs the header X-Accessd-Signature.");
    }
    return read_mailgun(body, keys.mailgun, now);
}

bool is_signature_fresh(std::int64_t seconds, TimePoint now)
{
    // Compared, not subtracted: the time is the sender's, and may be any number.
    const auto life = std::chrono::seconds{kSignatureLife}.count();
    const auto here = unix_seconds(now);
    return seconds >= here - life && seconds <= here + life;
}

std::string explain_status(std::string_view status)
{
    // Source: RFC 3463, 3; the class (first digit) says whether it is for good.
    struct Row {
        std::string_view detail;
        const char* words;
    };
    static constexpr std::array kRows{
        Row{".1.1", "the mailbox doesn't exist"},
        Row{".1.2", "the address's domain takes no mail"},
        Row{".1.3", "the address isn't valid"},
        Row{".1.6", "the mailbox has moved"},
        Row{".1.10", "the address's domain takes no mail"},
        Row{".2.1", "the mailbox is disabled"},
        Row{".2.2", "the mailbox is full"},
        Row{".2.3", "the mail is too large for the mailbox"},
        Row{".3.1", "the recipient's server is full"},
        Row{".3.4", "the mail is too large for the recipient's server"},
        Row{".4.1", "the recipient's server doesn't answer"},
        Row{".4.2", "the connection to the recipient's server is bad"},
        Row{".4.4", "the address's domain can't be reached"},
        Row{".4.7", "it couldn't be delivered in time"},
        Row{".7.1", "the recipient's server refused it by its rules"},
        Row{".7.26", "SPF and DKIM didn't convince the recipient's server"},
    };
    if (status.size() < 5) return {};
    const auto detail = status.substr(1);
    for (const auto& row : kRows) {
        if (row.detail == detail) return row.words;
    }
    if (detail.starts_with(".7.")) return "the recipient's server refused it by its rules";
    return {};
}

}  // namespace accessd::delivery
