#pragma once

#include "base/result.h"
#include "projects/project_store.h"
#include "store/sql/sql_connection.h"
#include "users/user.h"

#include <string>
#include <vector>

namespace accessd::store {

/// The columns that the readers expect, in their order.
inline constexpr auto kProjectColumns = "id, slug, document, created_at, updated_at, version";
inline constexpr auto kFlowColumns =
    "id, project_id, source_id, document, created_at, updated_at, version";
inline constexpr auto kSourceColumns =
    "id, project_id, name, kind, created_at, updated_at, version";

/// Errors: Internal when the stored document isn't one of ours.
Result<projects::Project> read_project(const Rows& row);
Result<projects::Flow> read_flow(const Rows& row);
users::Source read_source(const Rows& row);

bool has_project(Connection& connection, const std::string& project_id);
/// As it is within the transaction; a copy outside may be older. False for one that is gone.
bool is_test_project(Connection& connection, const std::string& project_id);
void insert_source(Connection& connection, const users::Source& source);
void insert_flow(Connection& connection, const projects::Flow& flow);
void put_test_recipients(Connection& connection, const std::string& project_id,
                         const std::vector<projects::TestRecipient>& recipients);

}  // namespace accessd::store
