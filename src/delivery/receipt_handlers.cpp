#include "delivery/receipt_handlers.h"

#include "base/id.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace accessd::delivery {
namespace {

/// Without parameters, in lower case.
std::string media_type_of(const http::Request& request)
{
    auto type = std::string{request.header("Content-Type").value_or("")};
    type = type.substr(0, type.find(';'));
    while (type.ends_with(' ')) type.pop_back();
    std::transform(type.begin(), type.end(), type.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return type;
}

}  // namespace

ReceiptHandlers::ReceiptHandlers(ReceiptStore& receipts, SenderStore& senders,
                                 const crypto::Keyring& keyring, Clock& clock,
                                 const std::vector<config::NamedSmtp>& accounts)
    : receipts_(receipts), senders_(senders), keyring_(keyring), clock_(clock)
{
    for (const auto& [name, account] : accounts) {
        if (!account.receipt_secret.empty()) operators_.emplace(name, account.receipt_secret);
    }
}

Result<ReceiptHandlers::Source> ReceiptHandlers::source_of(const http::Request& request) const
{
    const auto& id = request.parameter("sender_id");
    if (const auto found = operators_.find(id); found != operators_.end()) {
        return Source{id, {}, {found->second, {}}};
    }
    if (!looks_like_id(id, "snd_")) return ErrorCode::SenderNotFound;
    ACCESSD_TRY(const auto account, senders_.find(id, ProjectScope::all()));
    if (!account) return ErrorCode::SenderNotFound;
    Source source{id, account->project_id, {}};
    ACCESSD_TRY(source.keys.own,
                keyring_.unseal(account->sealed_receipt_secret, sender_context(id, "receipts")));
    if (!account->sealed_mailgun_key.empty()) {
        ACCESSD_TRY(source.keys.mailgun,
                    keyring_.unseal(account->sealed_mailgun_key, sender_context(id, "mailgun")));
    }
    return source;
}

/// GET /v2/access/senders/{sender_id}/receipts
Result<http::Response> ReceiptHandlers::greet(const http::Request& request)
{
    ACCESSD_TRY(const auto source, source_of(request));
    return http::success({{"sender_id", source.sender_id}}, "Post this sender's receipts here");
}

/// POST /v2/access/senders/{sender_id}/receipts
Result<http::Response> ReceiptHandlers::receive(const http::Request& request)
{
    ACCESSD_TRY(const auto source, source_of(request));
    const auto type = media_type_of(request);
    const auto now = clock_.now();
    ACCESSD_TRY(
        const auto read,
        read_receipt({type, request.header("X-Accessd-Signature").value_or(""), request.body},
                     source.keys, now));
    ACCESSD_TRY(const auto is_recorded, record(source, read, now));
    // Receipts of other mails of the same account are none of ours; a refusal would only be repeated.
    return http::success({{"recorded", is_recorded}}, "Receipt taken");
}

Result<bool> ReceiptHandlers::record(const Source& source, const ReadReceipt& read, TimePoint now)
{
    if (!read.receipt) return false;
    if (read.token.empty())
        return receipts_.record(source.sender_id, source.project_id, *read.receipt);
    if (!seen_tokens_.add(read.token, now)) return false;
    auto recorded = receipts_.record(source.sender_id, source.project_id, *read.receipt);
    if (!recorded) seen_tokens_.remove(read.token);  // It will be sent again.
    return recorded;
}

}  // namespace accessd::delivery
