#include "store/sql/sql_receipt_store.h"

#include "store/sql/message_rows.h"

#include <optional>

namespace accessd::store {
namespace {

using delivery::Message;
using delivery::MessageStatus;
using delivery::Receipt;
using events::EventType;

constexpr auto kInsert = R"(
    INSERT INTO message_receipts (message_id, kind, received_at, reason, provider_answer)
    VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (message_id, kind) DO NOTHING)";
// Tokens stand beside the proofs of work: both are good once, and go when what they belong to is stale by itself.
constexpr auto kSpend = R"(
    INSERT INTO spent_proofs (id, expires_at) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING)";
// A quick relay's receipt comes before the worker has written its try down: then a lease has to do.
constexpr auto kHandedOver = R"(
    SELECT EXISTS (SELECT 1 FROM delivery_attempts WHERE message_id = ?1 AND sender_id = ?2)
        OR EXISTS (SELECT 1 FROM messages
                    WHERE id = ?1 AND status = 'queued' AND leased_until IS NOT NULL))";
// The other channel, if it waits for this receipt, needn't any more: it takes over at once or never.
// A message that waits for its next try, because the first one's end wasn't heard, has arrived: it isn't sent
// again.
constexpr auto kSettle = R"(
    UPDATE messages SET status = ?2, leased_until = NULL,
           fall_back_at = CASE WHEN ?2 <> 'delivered' AND fall_back_at IS NOT NULL THEN CAST(?3 AS BIGINT) END,
           sealed_code = CASE WHEN test <> 0 THEN sealed_code END
     WHERE id = ?1)";
constexpr auto kOfProvider = R"(
    SELECT message_id FROM delivery_attempts WHERE provider_id = ?1 AND sender_id = ?2)";
constexpr auto kOfValidation = R"(
    SELECT r.message_id, r.kind, r.received_at, r.reason, r.provider_answer
      FROM messages m JOIN message_receipts r ON r.message_id = m.id
     WHERE m.validation_id = ?1 AND m.project_id = ?2
     ORDER BY r.received_at, r.message_id)";

std::optional<Message> find_message(Connection& connection, const std::string& id)
{
    static const auto sql =
        std::string{"SELECT "} + kMessageColumns + " FROM messages WHERE id = ?1 /*pg FOR UPDATE*/";
    auto row = connection.query(sql, {id});
    if (!row.next()) return std::nullopt;
    return read_message(row);
}

bool was_handed_over(Connection& connection, const std::string& message_id,
                     const std::string& sender_id)
{
    auto row = connection.query(kHandedOver, {message_id, sender_id});
    return row.next() && row.flag(0);
}

/// What the message becomes, if anything.
std::optional<MessageStatus> next_status(MessageStatus status, Receipt::Kind kind)
{
    const bool is_open = status == MessageStatus::Sent || status == MessageStatus::Queued;
    if (kind == Receipt::Kind::Delivered && is_open) return MessageStatus::Delivered;
    // Some servers take a mail and send it back later.
    const bool may_bounce = is_open || status == MessageStatus::Delivered;
    if (kind == Receipt::Kind::Bounced && may_bounce) return MessageStatus::Failed;
    return std::nullopt;
}

}  // namespace

Result<bool> SqlReceiptStore::record(const std::string& sender_id, const std::string& project_id,
                                     const Receipt& receipt)
{
    return database_.write(Claims::nothing(), [&](Connection& connection) -> Result<bool> {
        if (receipt.once &&
            connection.run(kSpend, {receipt.once->digest, receipt.once->until}) == 0) {
            return false;
        }
        const auto message = find_message(connection, receipt.message_id);
        if (!message || (!project_id.empty() && message->project_id != project_id)) return false;
        if (!was_handed_over(connection, message->id, sender_id)) return false;
        const int written = connection.run(
            kInsert, {receipt.message_id, delivery::to_text(receipt.kind), receipt.received_at,
                      or_null(receipt.reason), or_null(receipt.provider_answer)});
        if (written == 0) return false;
        const auto status = next_status(message->status, receipt.kind);
        if (!status) return true;
        connection.run(kSettle, {message->id, delivery::to_text(*status), receipt.received_at});
        const bool is_delivered = *status == MessageStatus::Delivered;
        auto event = event_of(*message,
                              is_delivered ? EventType::OtpDelivered : EventType::OtpDeliveryFailed,
                              receipt.received_at);
        if (!is_delivered) event.reason = receipt.reason;
        events_.write(connection, {std::move(event)});
        return true;
    });
}

Result<void> SqlReceiptStore::spend(const delivery::OnceToken& token)
{
    return database_.write(Claims::nothing(), [&](Connection& connection) -> Result<void> {
        connection.run(kSpend, {token.digest, token.until});
        return {};
    });
}

Result<std::optional<std::string>> SqlReceiptStore::find_message_of(const std::string& sender_id,
                                                                    const std::string& provider_id)
{
    using Found = std::optional<std::string>;
    return database_.read([&](Connection& connection) -> Result<Found> {
        auto row = connection.query(kOfProvider, {provider_id, sender_id});
        return row.next() ? Found{row.text(0)} : Found{};
    });
}

Result<std::vector<Receipt>> SqlReceiptStore::of_validation(const std::string& project_id,
                                                            const std::string& validation_id)
{
    return database_.read([&](Connection& connection) -> Result<std::vector<Receipt>> {
        std::vector<Receipt> found;
        auto row = connection.query(kOfValidation, {validation_id, project_id});
        while (row.next()) {
            Receipt receipt;
            receipt.message_id = row.text(0);
            receipt.kind =
                delivery::parse_receipt_kind(row.text(1)).value_or(Receipt::Kind::Deferred);
            receipt.received_at = row.time(2);
            receipt.reason = row.text(3);
            receipt.provider_answer = row.text(4);
            found.push_back(std::move(receipt));
        }
        return found;
    });
}

}  // namespace accessd::store
