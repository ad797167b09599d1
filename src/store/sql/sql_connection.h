#pragma once

#include "base/clock.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace accessd::store {

/// The database can't go on: unreachable, disk full, damaged, or a mistake in SQL. Thrown by Connection,
/// caught in Database, which answers StoreUnavailable: no store method has to pass it up by hand.
class SqlFailure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Bytes, in contrast to text.
struct Blob {
    std::string_view bytes;
};

/// A value handed to SQL. Points at its text: used up within the call that takes it.
class Bind {
public:
    using Value = std::variant<std::monostate, std::int64_t, std::string_view, Blob>;

    Bind(std::int64_t value) : value_(value) {}
    Bind(int value) : value_(std::int64_t{value}) {}
    Bind(bool value) : value_(std::int64_t{value ? 1 : 0}) {}
    Bind(TimePoint time) : value_(unix_millis(time)) {}
    Bind(std::string_view text) : value_(text) {}
    Bind(const std::string& text) : value_(std::string_view{text}) {}
    Bind(const char* text) : value_(std::string_view{text}) {}
    Bind(Blob blob) : value_(blob) {}
    Bind(std::nullptr_t) : value_(std::monostate{}) {}
    Bind(std::nullopt_t) : value_(std::monostate{}) {}
    template <class T>
    Bind(const std::optional<T>& value)
    {
        if (value) *this = Bind{*value};
    }

    const Value& value() const { return value_; }

private:
    Value value_;
};

/// NULL for an empty text: keeps partial indexes small.
inline Bind or_null(const std::string& text) { return text.empty() ? Bind{nullptr} : Bind{text}; }
inline Bind blob_or_null(const std::string& bytes)
{
    return bytes.empty() ? Bind{nullptr} : Bind{Blob{bytes}};
}

/// What an engine's rows are read from.
class RowReader {
public:
    virtual bool next() = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual std::string text(int column) const = 0;
    virtual bool is_null(int column) const = 0;
    /// How many rows the statement changed, where it is no query.
    virtual int changed() = 0;
    /// Nobody reads on: called once.
    virtual void release() noexcept = 0;

protected:
    ~RowReader() = default;
};

/// The rows of a running query. Lets go of its statement when it goes.
class Rows {
public:
    explicit Rows(RowReader* reader) : reader_(reader) {}
    Rows(Rows&& other) noexcept : reader_(std::exchange(other.reader_, nullptr)) {}
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    Rows& operator=(Rows&&) = delete;
    ~Rows()
    {
        if (reader_ != nullptr) reader_->release();
    }

    /// Steps to the next row; false after the last. Throws SqlFailure.
    bool next() { return reader_->next(); }

    // Columns of the row stepped to, counted from 0. NULL reads as 0 or empty.
    std::int64_t integer(int column) const { return reader_->integer(column); }
    int small(int column) const { return static_cast<int>(integer(column)); }
    bool flag(int column) const { return integer(column) != 0; }
    std::string text(int column) const { return reader_->text(column); }
    std::string bytes(int column) const { return reader_->text(column); }
    TimePoint time(int column) const { return from_unix_millis(integer(column)); }
    std::optional<TimePoint> optional_time(int column) const
    {
        if (is_null(column)) return std::nullopt;
        return time(column);
    }
    std::optional<std::string> optional_text(int column) const
    {
        if (is_null(column)) return std::nullopt;
        return text(column);
    }
    bool is_null(int column) const { return reader_->is_null(column); }

private:
    RowReader* reader_;
};

/// How many rows a running statement changes. Lets go of its statement when it goes.
class Changes {
public:
    explicit Changes(RowReader* reader) : reader_(reader) {}
    explicit Changes(int count) : count_(count) {}
    Changes(const Changes&) = delete;
    Changes(Changes&&) = delete;
    Changes& operator=(const Changes&) = delete;
    Changes& operator=(Changes&&) = delete;
    ~Changes()
    {
        if (reader_ != nullptr) reader_->release();
    }

    /// Throws SqlFailure.
    int count() { return reader_ == nullptr ? count_ : reader_->changed(); }

private:
    RowReader* reader_ = nullptr;
    int count_ = 0;
};

/// One connection to a database, with its prepared statements.
///
/// SQL is written once for both engines: parameters are ?1, ?2 ...; what only one of them takes stands in a comment
/// that the other skips, `/*pg FOR UPDATE*/`; flags and times are integers. A statement that failed has ended its
/// transaction: conflicts that are expected are put in SQL (ON CONFLICT), not caught.
///
/// Threads: one at a time.
class Connection {
public:
    virtual ~Connection() = default;

    /// Runs a statement to its end and returns how many rows it changed. Throws SqlFailure.
    int run(std::string_view sql, std::initializer_list<Bind> binds = {})
    {
        return run_bound(sql, binds.begin(), binds.size());
    }
    int run(std::string_view sql, const std::vector<Bind>& binds)
    {
        return run_bound(sql, binds.data(), binds.size());
    }
    /// Runs a statement whose count nobody needs: an engine across a network doesn't wait for it, and what is
    /// wrong with it comes to light with a later statement, or the commit. Throws SqlFailure.
    void send(std::string_view sql, std::initializer_list<Bind> binds = {})
    {
        send_bound(sql, binds.begin(), binds.size());
    }
    void send(std::string_view sql, const std::vector<Bind>& binds)
    {
        send_bound(sql, binds.data(), binds.size());
    }
    /// Runs a statement whose count is asked for later: see query().
    Changes begin(std::string_view sql, const std::vector<Bind>& binds)
    {
        return begin_bound(sql, binds.data(), binds.size());
    }
    /// Starts a query. The same text must not be started again while its rows are being read.
    ///
    /// Across a network it is on its way, and waited for when its first row is asked for: several that are started
    /// before the first is read cost one round trip. The embedded engine runs it only then. So nothing that it reads
    /// may be changed between its start and its first row.
    Rows query(std::string_view sql, std::initializer_list<Bind> binds = {})
    {
        return query_bound(sql, binds.begin(), binds.size());
    }
    Rows query(std::string_view sql, const std::vector<Bind>& binds)
    {
        return query_bound(sql, binds.data(), binds.size());
    }
    /// Within a write: has what this key stands for (Claims::key_of) to itself from here to the write's end. For what all
    /// writes of a project want, and only at their very end: claimed from the start it would make them wait for all
    /// of each other. The embedded engine runs one write at a time anyway.
    virtual void claim_late(std::int64_t) {}
    /// Several statements without parameters, not kept: for migrations.
    virtual void script(const std::string& sql) = 0;

    /// Within a write: what was changed so far stays even though an error is returned. For facts that
    /// are true whatever the answer: an attempt spent, a send counted.
    void keep() { keeps_ = true; }
    // For the engine: whether the job said so since it was last forgotten.
    bool keeps() const { return keeps_; }
    void forget_keep() { keeps_ = false; }

    // A snapshot of a reading connection: see Snapshot.
    virtual void begin_snapshot() = 0;
    virtual void end_snapshot() = 0;

protected:
    Connection() = default;
    Connection(const Connection&) = default;
    Connection& operator=(const Connection&) = default;

    virtual int run_bound(std::string_view sql, const Bind* binds, std::size_t count) = 0;
    virtual void send_bound(std::string_view sql, const Bind* binds, std::size_t count) = 0;
    virtual Changes begin_bound(std::string_view sql, const Bind* binds, std::size_t count) = 0;
    virtual Rows query_bound(std::string_view sql, const Bind* binds, std::size_t count) = 0;

private:
    bool keeps_ = false;
};

/// While it lives, everything a reading connection is asked comes from one snapshot.
class Snapshot {
public:
    explicit Snapshot(Connection& connection) : connection_(connection)
    {
        connection_.begin_snapshot();
    }
    ~Snapshot()
    {
        try {
            connection_.end_snapshot();
        } catch (const SqlFailure&) {
            // A failed read has ended the transaction by itself.
        }
    }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

private:
    Connection& connection_;
};

}  // namespace accessd::store
