#include "store/postgres/postgres_sql.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace accessd::store {
namespace {

constexpr std::string_view kOpening = "/*pg ";
constexpr std::string_view kClosing = "*/";
constexpr std::string_view kOrFail = " OR FAIL ";
constexpr std::string_view kIndexedBy = " INDEXED BY ";
constexpr std::string_view kNotHere = "/*not pg*/";
constexpr std::string_view kEnd = "/*end*/";
constexpr std::string_view kConcat = "group_concat(";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

class Translation {
public:
    explicit Translation(std::string_view sql) : sql_(sql) {}

    std::string run()
    {
        while (at_ < sql_.size()) step();
        return std::move(out_);
    }

private:
    void step()
    {
        const char c = sql_[at_];
        if (c == '\'' || c == '"') return quoted(c);
        if (c == '?') return parameter();
        if (take(kNotHere)) {
            at_ = std::min(sql_.find(kEnd, at_), sql_.size() - kEnd.size()) + kEnd.size();
        } else if (take(kConcat)) {
            out_ += "string_agg(";
        } else if (take(kOpening)) {
            is_open_ = true;
        } else if (is_open_ && take(kClosing)) {
            is_open_ = false;
        } else if (take(kOrFail)) {
            out_ += ' ';
        } else if (take(kIndexedBy)) {
            while (at_ < sql_.size() && is_name(sql_[at_])) ++at_;
        } else {
            out_ += c;
            ++at_;
        }
    }

    bool take(std::string_view word)
    {
        if (sql_.substr(at_, word.size()) != word) return false;
        at_ += word.size();
        return true;
    }

    /// A doubled quote within is two texts side by side to this, which comes to the same.
    void quoted(char quote)
    {
        const auto end = sql_.find(quote, at_ + 1);
        const auto size = end == std::string_view::npos ? sql_.size() - at_ : end + 1 - at_;
        out_ += sql_.substr(at_, size);
        at_ += size;
    }

    /// A bare one has the number after the highest so far, as in SQLite.
    void parameter()
    {
        ++at_;
        int number = 0;
        const auto* start = sql_.data() + at_;
        const auto end = std::from_chars(start, sql_.data() + sql_.size(), number).ptr;
        if (end == start) number = highest_ + 1;
        at_ += static_cast<std::size_t>(end - start);
        highest_ = std::max(highest_, number);
        out_ += '$';
        out_ += std::to_string(number);
    }

    std::string_view sql_;
    std::size_t at_ = 0;
    int highest_ = 0;
    bool is_open_ = false;
    std::string out_;
};

}  // namespace

std::string to_postgres(std::string_view sql) { return Translation{sql}.run(); }

}  // namespace accessd::store
