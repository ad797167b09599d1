#pragma once

#include "access/validation.h"
#include "events/event.h"
#include "store/sql/sql_connection.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::store {

/// The columns that read_validation() expects, in its order.
inline constexpr auto kValidationColumns =
    "id, project_id, flow_id, login_id, channel, recipient, user_id, status, decoy, otp_length, "
    "max_attempts, attempts_remaining, language, redirect_url, client_ip, user_agent, metadata, "
    "created_at, expires_at, ended_at";
inline constexpr int kValidationColumnCount = 20;
access::Validation read_validation(const Rows& row);

/// The columns that read_login() expects, in its order.
inline constexpr auto kLoginColumns =
    "id, project_id, flow_id, opened_by, opened_for, user_id, status, methods_done, created_at, "
    "expires_at, completed_at, redirect_url, state, code_challenge";
access::Login read_login(const Rows& row);

/// Such a list with each column of the table that is called `table` in a query.
std::string columns_of(std::string_view table, std::string_view columns);

/// "email phone", the form in which rows keep methods.
std::string methods_text(const std::vector<projects::Method>& methods);

/// For read_validation(), of find_validation().
Rows ask_validation(Connection& connection, const std::string& id);
/// By id alone; the caller compares the project. Throws SqlFailure.
std::optional<access::Validation> find_validation(Connection& connection, const std::string& id);
/// The same, and nobody else changes it before this transaction ends.
std::optional<access::Validation> find_validation_to_change(Connection& connection,
                                                            const std::string& id);
/// For read_login(), and nobody else changes the login before this transaction ends.
Rows ask_login_to_change(Connection& connection, const std::string& id);
std::optional<access::Login> find_login(Connection& connection, const std::string& id);

/// Ends a pending validation: its code is erased. Throws SqlFailure.
void end_validation(Connection& connection, const std::string& id, access::ValidationStatus status,
                    TimePoint ended_at);
/// Messages of a validation that still wait are not worth sending any more. Throws SqlFailure.
void supersede_messages(Connection& connection, const std::string& validation_id);

/// A contact as events and timelines show it.
std::string masked_contact(std::string_view recipient);

/// An event about a validation, to be given a type's own fields.
events::Event event_of(const access::Validation& validation, events::EventType type, TimePoint at,
                       bool test);

}  // namespace accessd::store
