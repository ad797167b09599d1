#include "store/copy.h"

#include "base/encoding.h"
#include "crypto/hash.h"
#include "store/data_folder.h"
#include "store/postgres/postgres_connection.h"
#include "store/postgres/postgres_migrate.h"
#include "store/sql/sql_connection.h"
#include "store/sqlite/sqlite_connection.h"
#include "store/sqlite/sqlite_migrate.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace accessd::store {
namespace {

constexpr int kBatchRows = 500;
/// Its one row says what is being copied into the store that holds it; gone when all is there.
constexpr auto kMakeMarker = "CREATE TABLE IF NOT EXISTS store_copy (source TEXT NOT NULL)";

enum class Type { Number, Text, Bytes };

struct Column {
    std::string name;
    Type type = Type::Text;
};

struct Table {
    std::string name;
    std::vector<Column> columns;
    std::vector<std::size_t> key;  ///< Indexes of columns, in their order within the primary key.
};

/// A value of any column. Binds point at it.
struct Cell {
    bool is_null = true;
    std::int64_t number = 0;
    std::string text;

    Bind bind(Type type) const
    {
        if (is_null) return nullptr;
        if (type == Type::Number) return number;
        if (type == Type::Bytes) return Blob{text};
        return text;
    }
};
using Row = std::vector<Cell>;

Error place_error(std::string_view place)
{
    auto sentence = "\"" + std::string{place.substr(0, place.find(':'))} +
                    "\" is no place of a store: sqlite:FOLDER, or postgres:URL.";
    return Error::invalid("place", sentence).saying(sentence);
}

/// One side of the copy: a migrated database that is this process's alone where it can be.
class Side {
public:
    static Result<Side> open(const std::string& place)
    {
        Side side;
        const std::string_view embedded = "sqlite:";
        try {
            if (place.starts_with(embedded)) {
                ACCESSD_TRY(auto folder, DataFolder::open(place.substr(embedded.size())));
                auto made = std::make_unique<SqliteConnection>(folder.database_file(),
                                                               SqliteConnection::Access::Write);
                ACCESSD_CHECK(migrate_sqlite(*made, SystemClock{}.now()));
                side.folder_.emplace(std::move(folder));
                side.connection_ = std::move(made);
                return side;
            }
            if (!place.starts_with("postgres")) return place_error(place);
            const bool is_bare =
                place.starts_with("postgresql:") || place.starts_with("postgres://");
            auto made = std::make_unique<PostgresConnection>(
                is_bare ? place : place.substr(place.find(':') + 1));
            ACCESSD_CHECK(migrate_postgres(*made, SystemClock{}.now()));
            side.connection_ = std::move(made);
            return side;
        } catch (const SqlFailure& failure) {
            const std::string sentence = std::string{"A store can't be opened: "} + failure.what();
            return Error{ErrorCode::StoreUnavailable, sentence}.saying(sentence);
        }
    }

    Connection& operator*() { return *connection_; }

private:
    std::optional<DataFolder> folder_;
    std::unique_ptr<Connection> connection_;
};

/// The tables of this release, as a new store has them.
std::vector<Table> describe()
{
    SqliteConnection fresh{":memory:", SqliteConnection::Access::Write};
    static_cast<void>(migrate_sqlite(fresh, SystemClock{}.now()));
    std::vector<Table> tables;
    auto names = fresh.query(R"(
        SELECT name FROM sqlite_schema
         WHERE type = 'table' AND name NOT LIKE 'schema!_%' ESCAPE '!' AND name <> 'store_health'
           AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
         ORDER BY name)");
    while (names.next()) tables.push_back({names.text(0), {}, {}});
    for (auto& table : tables) {
        auto row = fresh.query("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid",
                               {table.name});
        std::vector<std::pair<int, std::size_t>> key;
        while (row.next()) {
            const auto type = row.text(1);
            if (row.small(2) > 0) key.emplace_back(row.small(2), table.columns.size());
            table.columns.push_back({row.text(0), type == "INTEGER" ? Type::Number
                                                  : type == "BLOB"  ? Type::Bytes
                                                                    : Type::Text});
        }
        std::sort(key.begin(), key.end());
        for (const auto& [place, column] : key) table.key.push_back(column);
    }
    return tables;
}

std::string in_quotes(const std::string& name) { return '"' + name + '"'; }

std::string listed(const Table& table, const std::vector<std::size_t>& columns)
{
    std::string text;
    for (const auto column : columns) {
        text += (text.empty() ? "" : ", ") + in_quotes(table.columns[column].name);
    }
    return text;
}

std::vector<std::size_t> all_columns(const Table& table)
{
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < table.columns.size(); ++i) all.push_back(i);
    return all;
}

std::string places(std::size_t count)
{
    std::string text;
    for (std::size_t i = 1; i <= count; ++i) {
        text += (text.empty() ? "?" : ", ?") + std::to_string(i);
    }
    return text;
}

Row read_row(const Rows& row, const Table& table)
{
    Row cells(table.columns.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const int column = static_cast<int>(i);
        cells[i].is_null = row.is_null(column);
        if (cells[i].is_null) continue;
        if (table.columns[i].type == Type::Number) {
            cells[i].number = row.integer(column);
        } else {
            cells[i].text = row.text(column);
        }
    }
    return cells;
}

/// The rows after `last` in the order of the primary key, which both engines have alike: byte by byte.
std::vector<Row> rows_after(Connection& connection, const Table& table, const Row& last)
{
    auto sql = "SELECT " + listed(table, all_columns(table)) + " FROM " + in_quotes(table.name);
    std::vector<Bind> binds;
    if (!last.empty()) {
        for (const auto column : table.key) {
            binds.push_back(last[column].bind(table.columns[column].type));
        }
        sql += " WHERE (" + listed(table, table.key) + ") > (" + places(binds.size()) + ")";
    }
    sql += " ORDER BY " + listed(table, table.key) + " LIMIT " + std::to_string(kBatchRows);
    std::vector<Row> rows;
    auto row = connection.query(sql, binds);
    while (row.next()) rows.push_back(read_row(row, table));
    return rows;
}

/// Where an earlier copy got to; empty: nowhere.
Row last_row(Connection& connection, const Table& table)
{
    std::string order;
    for (const auto column : table.key) {
        order += (order.empty() ? "" : ", ") + in_quotes(table.columns[column].name) + " DESC";
    }
    auto row = connection.query("SELECT " + listed(table, all_columns(table)) + " FROM " +
                                in_quotes(table.name) + " ORDER BY " + order + " LIMIT 1");
    return row.next() ? read_row(row, table) : Row{};
}

std::int64_t count_rows(Connection& connection, const Table& table)
{
    auto row = connection.query("SELECT count(*) FROM " + in_quotes(table.name));
    return row.next() ? row.integer(0) : 0;
}

void insert_rows(Connection& connection, const Table& table, const std::vector<Row>& rows)
{
    const auto sql = "INSERT INTO " + in_quotes(table.name) + " (" +
                     listed(table, all_columns(table)) + ") VALUES (" +
                     places(table.columns.size()) + ")";
    connection.script("BEGIN");
    try {
        for (const auto& row : rows) {
            std::vector<Bind> binds;
            for (std::size_t i = 0; i < row.size(); ++i) {
                binds.push_back(row[i].bind(table.columns[i].type));
            }
            connection.run(sql, binds);
        }
        connection.script("COMMIT");
    } catch (const SqlFailure&) {
        connection.script("ROLLBACK");
        throw;
    }
}

/// Adds up the rows' digests, so that no order of theirs matters.
class Checksum {
public:
    void add(const Row& row)
    {
        std::string text;
        for (const auto& cell : row) {
            text += cell.is_null ? 'n' : 'v';
            text += std::to_string(cell.number) + ':' + std::to_string(cell.text.size()) + ':';
            text += cell.text;
        }
        const auto digest = crypto::sha256(text);
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < sizeof value; ++i) {
            value = value << 8U | static_cast<unsigned char>(digest[i]);
        }
        sum_ += value;
        ++rows_;
    }
    std::int64_t rows() const { return rows_; }
    std::string text() const
    {
        std::string bytes;
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes += static_cast<char>(sum_ >> static_cast<unsigned>(shift) & 255U);
        }
        return to_base64url(bytes);
    }
    bool operator==(const Checksum&) const = default;

private:
    std::uint64_t sum_ = 0;
    std::int64_t rows_ = 0;
};

Checksum sum_up(Connection& connection, const Table& table)
{
    Checksum sum;
    for (Row last;;) {
        auto rows = rows_after(connection, table, last);
        for (const auto& row : rows) sum.add(row);
        if (rows.size() < static_cast<std::size_t>(kBatchRows)) return sum;
        last = std::move(rows.back());
    }
}

/// What the source is, in a form that tells nothing: its keys' wrappings.
std::string identity_of(Connection& connection)
{
    std::string text;
    auto row = connection.query("SELECT wrapped FROM key_material ORDER BY kind, version");
    while (row.next()) text += row.bytes(0);
    return to_base64url(crypto::sha256(text));
}

Result<void> settle_target(Connection& target, const std::vector<Table>& tables,
                           const std::string& source)
{
    target.script(kMakeMarker);
    std::string marked;
    {
        auto row = target.query("SELECT source FROM store_copy");
        if (row.next()) marked = row.text(0);
    }
    if (marked == source) return {};
    bool is_empty = marked.empty();
    for (const auto& table : tables) is_empty = is_empty && count_rows(target, table) == 0;
    if (!is_empty) {
        const std::string sentence =
            "The target holds something else already. Copy into an empty store, or go on with "
            "the source that this one was begun with.";
        if (marked.empty()) target.script("DROP TABLE store_copy");
        return Error{ErrorCode::Conflict, sentence}.saying(sentence);
    }
    target.run("INSERT INTO store_copy (source) VALUES (?1)", {source});
    return {};
}

void copy_table(Connection& from, Connection& to, const Table& table, const CopyProgress& progress)
{
    const auto total = count_rows(from, table);
    auto done = count_rows(to, table);
    auto last = done == 0 ? Row{} : last_row(to, table);
    for (;;) {
        progress(table.name, done, total);
        auto rows = rows_after(from, table, last);
        if (rows.empty()) return;
        insert_rows(to, table, rows);
        done += static_cast<std::int64_t>(rows.size());
        last = std::move(rows.back());
    }
}

Result<std::vector<CopiedTable>> copy_all(Connection& from, Connection& to,
                                          const CopyProgress& progress)
{
    const auto tables = describe();
    ACCESSD_CHECK(settle_target(to, tables, identity_of(from)));
    std::vector<CopiedTable> copied;
    for (const auto& table : tables) {
        copy_table(from, to, table, progress);
        const auto there = sum_up(from, table);
        const auto here = sum_up(to, table);
        if (!(there == here)) {
            const auto sentence = "The table " + table.name + " differs after the copy (" +
                                  std::to_string(there.rows()) + " rows and " +
                                  std::to_string(here.rows()) +
                                  "): the source was changed meanwhile, or the target. Stop every "
                                  "server, and copy into an empty store.";
            return Error{ErrorCode::Conflict, sentence}.saying(sentence);
        }
        copied.push_back({table.name, here.rows(), here.text()});
    }
    to.script("DROP TABLE store_copy");
    return copied;
}

}  // namespace

Result<std::vector<CopiedTable>> copy_store(const std::string& from, const std::string& to,
                                            const CopyProgress& progress)
{
    ACCESSD_TRY(auto source, Side::open(from));
    ACCESSD_TRY(auto target, Side::open(to));
    try {
        return copy_all(*source, *target, progress);
    } catch (const SqlFailure& failure) {
        const std::string sentence = std::string{"The copy stopped ("} + failure.what() +
                                     "). Run it again: it goes on from there.";
        return Error{ErrorCode::StoreUnavailable, sentence}.saying(sentence);
    }
}

}  // namespace accessd::store
