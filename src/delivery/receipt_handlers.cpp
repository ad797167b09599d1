#include "delivery/receipt_handlers.h"

#include "base/id.h"
#include "crypto/hash.h"
#include "delivery/provider_receipts.h"
#include "http/percent_decoding.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
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

/// The fields of a form or a query; those that can't be decoded are left out.
FormFields read_form(std::string_view text)
{
    FormFields fields;
    while (!text.empty()) {
        const auto pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(pair.size() + 1, text.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        auto name = http::percent_decode(pair.substr(0, equals), http::Plus::Blank);
        auto value =
            http::percent_decode(pair.substr(std::min(equals + 1, pair.size())), http::Plus::Blank);
        if (name && value) fields.emplace_back(*std::move(name), *std::move(value));
    }
    return fields;
}

std::string field_of(const FormFields& fields, std::string_view name)
{
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto& field) { return field.first == name; });
    return found == fields.end() ? std::string{} : found->second;
}

/// Source: Meta, "Webhooks: verification requests".
Result<http::Response> shake_hands(const FormFields& fields, const ProviderAccount& account)
{
    constexpr std::size_t challenge_max = 200;
    const auto& wanted = account.secret("verify_token");
    const bool is_metas =
        !wanted.empty() && field_of(fields, "hub.mode") == "subscribe" &&
        crypto::is_equal_in_constant_time(wanted.reveal(), field_of(fields, "hub.verify_token"));
    const auto challenge = field_of(fields, "hub.challenge");
    const bool is_plain = challenge.size() <= challenge_max &&
                          std::all_of(challenge.begin(), challenge.end(), [](unsigned char c) {
                              return std::isalnum(c) != 0 || c == '-' || c == '_';
                          });
    if (!is_metas || !is_plain) {
        return Error{ErrorCode::InvalidCredentials}.saying(
            "hub.verify_token isn't this sender's verify_token.");
    }
    return http::plain(challenge, "text/plain; charset=utf-8");
}

}  // namespace

ReceiptHandlers::ReceiptHandlers(ReceiptStore& receipts, SenderStore& senders,
                                 const crypto::Keyring& keyring, Clock& clock,
                                 const std::vector<config::NamedSmtp>& accounts,
                                 const std::vector<config::NamedProvider>& providers,
                                 std::string public_url)
    : receipts_(receipts),
      senders_(senders),
      keyring_(keyring),
      clock_(clock),
      public_url_(std::move(public_url))
{
    replace_operators(accounts, providers);
}

void ReceiptHandlers::replace_operators(const std::vector<config::NamedSmtp>& accounts,
                                        const std::vector<config::NamedProvider>& providers)
{
    std::map<std::string, Secret> secrets;
    std::map<std::string, ProviderAccount> texts;
    for (const auto& named : providers) {
        ProviderAccount account;
        account.kind = parse_sender_kind(named.kind).value_or(SenderKind::Http);
        account.settings = named.settings;
        account.secrets = named.secrets;
        texts.emplace(named.name, std::move(account));
    }
    for (const auto& [name, account] : accounts) {
        if (!account.receipt_secret.empty()) secrets.emplace(name, account.receipt_secret);
    }
    const std::scoped_lock lock{mutex_};
    operators_ = std::move(secrets);
    providers_ = std::move(texts);
}

/// That of an account of the operator's; nothing: it is a project's, or nobody's.
std::optional<ReceiptHandlers::Source> ReceiptHandlers::find_operators(const std::string& id) const
{
    const std::scoped_lock lock{mutex_};
    if (const auto found = operators_.find(id); found != operators_.end()) {
        return Source{id, {}, {found->second, {}}};
    }
    if (const auto found = providers_.find(id); found != providers_.end()) {
        return Source{id, {}, {found->second.secret("receipt_secret"), {}}, found->second};
    }
    return std::nullopt;
}

Result<ReceiptHandlers::Source> ReceiptHandlers::source_of(const http::Request& request) const
{
    const auto& id = request.parameter("sender_id");
    if (auto operators = find_operators(id)) return *std::move(operators);
    if (!looks_like_id(id, "snd_")) return ErrorCode::SenderNotFound;
    ACCESSD_TRY(const auto account, senders_.find(id, ProjectScope::all()));
    if (!account) return ErrorCode::SenderNotFound;
    return source_of(*account);
}

Result<ReceiptHandlers::Source> ReceiptHandlers::source_of(const SenderAccount& account) const
{
    Source source{account.id, account.project_id, {}};
    ACCESSD_TRY(source.keys.own, keyring_.unseal(account.sealed_receipt_secret,
                                                 sender_context(account.id, "receipts")));
    if (!account.sealed_mailgun_key.empty()) {
        ACCESSD_TRY(source.keys.mailgun, keyring_.unseal(account.sealed_mailgun_key,
                                                         sender_context(account.id, "mailgun")));
    }
    if (account.kind != SenderKind::Smtp) {
        ACCESSD_TRY(source.provider, open_account(account, keyring_));
    }
    return source;
}

/// GET /v2/access/senders/{sender_id}/receipts
Result<http::Response> ReceiptHandlers::greet(const http::Request& request)
{
    ACCESSD_TRY(const auto source, source_of(request));
    if (source.provider && source.provider->kind == SenderKind::WhatsAppCloud) {
        const auto fields = read_form(request.query);
        if (!field_of(fields, "hub.mode").empty()) return shake_hands(fields, *source.provider);
    }
    return http::success({{"sender_id", source.sender_id}}, "Post this sender's receipts here");
}

/// POST /v2/access/senders/{sender_id}/receipts
Result<http::Response> ReceiptHandlers::receive(const http::Request& request)
{
    ACCESSD_TRY(const auto source, source_of(request));
    const auto now = clock_.now();
    ACCESSD_TRY(const auto found, read(request, source, now));
    bool is_recorded = false;
    for (const auto& one : found) {
        ACCESSD_TRY(const bool is_new, record(source, one, now));
        is_recorded = is_recorded || is_new;
    }
    // Receipts of other messages of the same account are none of ours; a refusal would only be repeated.
    return http::success({{"recorded", is_recorded}}, "Receipt taken");
}

Result<std::vector<ReadReceipt>> ReceiptHandlers::read(const http::Request& request,
                                                       const Source& source, TimePoint now) const
{
    const auto type = media_type_of(request);
    if (!source.provider || source.provider->kind == SenderKind::Http) {
        ACCESSD_TRY(
            auto one,
            read_receipt({type, request.header("X-Accessd-Signature").value_or(""), request.body},
                         source.keys, now));
        return std::vector{std::move(one)};
    }
    ProviderPost post;
    post.url = public_url_ + request.path + (request.query.empty() ? "" : "?" + request.query);
    post.message_id = field_of(read_form(request.query), "message");
    if (type == "application/x-www-form-urlencoded") post.form = read_form(request.body);
    const bool is_twilio = source.provider->kind == SenderKind::Twilio;
    post.signature =
        request.header(is_twilio ? "X-Twilio-Signature" : "X-Hub-Signature-256").value_or("");
    post.authorization = request.header("Authorization").value_or("");
    post.body = request.body;
    return read_provider_receipts(post, *source.provider, now);
}

Result<bool> ReceiptHandlers::record(const Source& source, const ReadReceipt& read, TimePoint now)
{
    if (!read.receipt) {
        if (!read.token.empty()) {
            ACCESSD_CHECK(receipts_.use_token(source.sender_id, read.token, now));
        }
        return false;
    }
    auto receipt = *read.receipt;
    if (!read.provider_id.empty()) {
        ACCESSD_TRY(const auto ours, receipts_.find_message_of(source.sender_id, read.provider_id));
        if (!ours) return false;
        receipt.message_id = *ours;
    }
    return receipts_.record(source.sender_id, source.project_id, receipt);
}

}  // namespace accessd::delivery
