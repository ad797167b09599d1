#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace accessd::users {

/// One record of a CSV file.
struct CsvRecord {
    std::int64_t line = 0;  ///< Where it begins, from 1.
    std::vector<std::string> fields;
    std::string problem;  ///< Words where it breaks the form; the fields are no use then.
};

/// Reads CSV (RFC 4180) as it comes, in memory that has a bound: a byte order mark is skipped, lines end in LF or
/// CRLF, empty ones are skipped, and the delimiter is the one of comma, semicolon, tab and bar that the first line has
/// most of. A record that breaks the form ends with its line, and reading goes on.
/// Threads: one at a time.
class CsvReader {
public:
    static constexpr std::size_t kRecordBytesMax = 64 * 1024;
    static constexpr std::size_t kFieldsMax = 200;

    /// Fills memory with the next bytes; 0: there are no more.
    using Read = std::function<std::size_t(std::span<char>)>;
    explicit CsvReader(Read read);

    /// False at the end.
    bool next(CsvRecord& record);

    std::int64_t bytes_read() const { return bytes_; }
    char delimiter() const { return delimiter_; }

private:
    enum class State { FieldStart, Plain, Quoted, QuoteEnded };

    bool fill();
    void begin();
    bool take(char c, CsvRecord& record);
    void end_field(CsvRecord& record);
    void break_off(CsvRecord& record, const char* problem);

    Read read_;
    std::vector<char> buffer_;
    std::size_t at_ = 0;
    std::size_t end_ = 0;
    std::int64_t bytes_ = 0;
    std::int64_t line_ = 1;
    char delimiter_ = ',';
    bool has_begun_ = false;
    bool is_utf16_ = false;
    // Of the record that is being read.
    State state_ = State::FieldStart;
    std::string field_;
    std::size_t record_bytes_ = 0;
    bool is_broken_ = false;
};

}  // namespace accessd::users
