#pragma once

#include "base/page.h"
#include "base/project_scope.h"
#include "store/sql/sql_connection.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::store {

/// Puts a list's SELECT together from its filters: newest first, one page at a time. Column names are the
/// code's own; what callers say is only ever bound.
class ListQuery {
public:
    ListQuery(std::string_view columns, std::string_view table)
        : select_("SELECT " + std::string{columns} + " FROM " + std::string{table})
    {
    }

    /// The rows of projects in scope, or of the one asked for (which the caller has checked).
    void within(const ProjectScope& scope, const std::optional<std::string>& project_id)
    {
        if (project_id) {
            where("project_id = ?", *project_id);
        } else if (!scope.is_all()) {
            where_in("project_id", scope.ids());
        }
    }
    void where_in(std::string_view column, const std::vector<std::string>& values)
    {
        std::string places;
        for (const auto& value : values) {
            places += places.empty() ? "?" : ", ?";
            binds_.emplace_back(value);
        }
        add(std::string{column} + " IN (" + places + ")");
    }
    void equals(std::string_view column, const std::optional<std::string>& value)
    {
        if (value) where(std::string{column} + " = ?", *value);
    }
    void where(std::string_view condition, Bind value)
    {
        add(condition);
        binds_.push_back(value);
    }

    /// Reads one row more than the page holds, to know whether there is another page. The rows are
    /// ordered by `id`. Throws SqlFailure.
    template <class Read, class IdOf>
    auto page(Connection& connection, const PageRequest& wanted, Read read, IdOf id_of)
    {
        if (wanted.after) where("id < ?", *wanted.after);
        const auto sql = select_ + conditions_ + " ORDER BY id DESC LIMIT ?";
        binds_.emplace_back(wanted.limit + 1);
        auto row = connection.query(sql, binds_);
        Page<decltype(read(row))> page;
        while (row.next()) page.items.push_back(read(row));
        if (page.items.size() > static_cast<std::size_t>(wanted.limit)) {
            page.items.pop_back();
            page.next = id_of(page.items.back());
        }
        return page;
    }

private:
    void add(std::string_view condition)
    {
        conditions_ += conditions_.empty() ? " WHERE " : " AND ";
        conditions_ += condition;
    }

    std::string select_;
    std::string conditions_;
    std::vector<Bind> binds_;  ///< Point at what callers keep until the query has run.
};

}  // namespace accessd::store
