#pragma once

#include "events/event.h"
#include "store/sql/person_rows.h"
#include "store/sql/sql_connection.h"
#include "users/import_store.h"

#include <optional>
#include <string>
#include <vector>

namespace accessd::store {

// Parts of the import store's transactions. All throw SqlFailure.

std::optional<users::Import> find_import(Connection& connection, const std::string& id);
/// Keeps a row, or what is wrong with it: an id or contact of an earlier one.
void keep_row(Connection& connection, const std::string& import_id, const users::ImportRow& row);
void refuse_row(Connection& connection, const std::string& import_id,
                const users::RefusedRow& refused);
void drop_rows(Connection& connection, const std::string& import_id);
void count_refused(Connection& connection, const std::string& import_id);

/// Makes the directory of the kept rows, as ImportStore::apply says; adds the events of people who were erased.
users::Import apply_rows(Connection& connection, const users::Import& import,
                         const users::ImportColumns& columns, const PersonPlace& place,
                         std::vector<events::Event>& written);

events::Event finished_event(const users::Import& import, TimePoint at, bool test);

}  // namespace accessd::store
