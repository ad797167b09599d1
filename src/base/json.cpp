#include "base/json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace accessd {
namespace {

using nlohmann::json;

constexpr std::size_t kNumberCharactersMax = 32;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr auto kOverflow = "a number too large for a double";

/// Reads the text and notes how far it came: the parser tells its handler no positions.
class Cursor {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = char;

    Cursor(const char* at, const char** furthest) : at_(at), furthest_(furthest) {}

    char operator*() const { return *at_; }
    Cursor& operator++()
    {
        *furthest_ = ++at_;
        return *this;
    }
    bool operator==(const Cursor& other) const { return at_ == other.at_; }
    bool operator!=(const Cursor& other) const { return at_ != other.at_; }

private:
    const char* at_;
    const char** furthest_;
};

/// `offset` is where the trouble starts, or the text's size where it ends too early.
Error unreadable(std::string_view text, std::size_t offset, const std::string& why)
{
    const auto before = text.substr(0, offset);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    // Without a line feed, npos + 1 is the text's start.
    const auto column = static_cast<std::int64_t>(offset - (before.rfind('\n') + 1) + 1);
    return Error{ErrorCode::InvalidJson, why}
        .with("line", std::int64_t{line})
        .with("column", column)
        .saying("This isn't acceptable JSON at line " + std::to_string(line) + ", column " +
                std::to_string(column) + ": " + why + ".");
}

/// What the parser says, without its prefix and without the text it read.
std::string reason_of(const json::exception& problem)
{
    constexpr int number_overflow = 406;
    if (problem.id == number_overflow) return kOverflow;
    std::string_view said = problem.what();
    if (const auto start = said.find(" - "); start != std::string_view::npos) {
        said.remove_prefix(start + 3);
    }
    return std::string{said.substr(0, said.find("; last read"))};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Characters of numbers, true, false and null.
bool is_word_char(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == 'E' || c == '+' || c == '-' || c == '.';
}

/// Where the well-formed token starts that ends with the byte at `last`.
std::size_t token_start(std::string_view text, std::size_t last)
{
    auto start = last;
    if (text[last] == '"') {
        // A quote inside has an odd number of backslashes before it; before a text there are none.
        for (--start; start > 0; --start) {
            const auto before = text.substr(0, start);
            const auto slashes = start - (before.find_last_not_of('\\') + 1);
            if (text[start] == '"' && slashes % 2 == 0) break;
        }
        return start;
    }
    while (is_word_char(text[start]) && start > 0 && is_word_char(text[start - 1])) --start;
    return start;
}

/// Builds the document from the parser's events and refuses what JSON itself lets through.
class Builder {
public:
    Builder(std::string_view text, int depth_max)
        : text_(text), depth_max_(static_cast<std::size_t>(std::max(0, depth_max)))
    {
    }

    Result<json> read()
    {
        const auto* end = text_.data() + text_.size();
        if (json::sax_parse(Cursor{text_.data(), &furthest_}, Cursor{end, &furthest_}, this)) {
            return std::move(root_);
        }
        return std::move(error_);
    }

    // The parser's events. False ends the reading.
    bool null() { return put(nullptr); }
    bool boolean(bool value) { return put(value); }
    bool number_integer(json::number_integer_t value) { return put(value); }
    bool number_unsigned(json::number_unsigned_t value) { return put(value); }
    bool number_float(json::number_float_t value, const std::string& text);
    bool string(std::string& value) { return put(std::move(value)); }
    bool binary(json::binary_t& /*value*/) { return false; }  // JSON as text has none.
    bool start_object(std::size_t /*size*/) { return open(json::value_t::object); }
    bool start_array(std::size_t /*size*/) { return open(json::value_t::array); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool key(std::string& name);
    bool parse_error(std::size_t bytes_read, const std::string& /*token*/,
                     const json::exception& problem)
    {
        // The end of the text counts as a byte read. Of a token in the wrong place the parser has
        // read all; in a malformed one it stopped at the fault.
        auto offset = std::min(bytes_read - 1, text_.size());
        const auto reason = reason_of(problem);
        if (offset < text_.size() && (reason == kOverflow || reason.starts_with("unexpected"))) {
            offset = token_start(text_, offset);
        }
        error_ = unreadable(text_, offset, reason);
        return false;
    }

private:
    json* place(json value);
    bool put(json value)
    {
        place(std::move(value));
        return true;
    }
    bool open(json::value_t kind);
    bool close()
    {
        open_.pop_back();
        return true;
    }
    /// The token that was read last is at fault.
    bool refuse(const std::string& why, std::size_t bytes_behind = 0)
    {
        const auto read = static_cast<std::size_t>(furthest_ - text_.data());
        error_ = unreadable(text_, token_start(text_, read - bytes_behind - 1), why);
        return false;
    }
    bool refuse_number(const std::string& why)
    {
        // A number is known to be over only at the byte behind it, unless the text ends.
        return refuse(why, is_digit(furthest_[-1]) ? 0 : 1);
    }
    std::string path_to(const std::string& name) const;

    std::string_view text_;
    std::size_t depth_max_;
    const char* furthest_ = text_.data();
    json root_;
    std::vector<json*> open_;  ///< Objects and arrays not yet closed, outermost first.
    json* member_ = nullptr;   ///< Where the value of the last name goes.
    Error error_{ErrorCode::InvalidJson};
};

json* Builder::place(json value)
{
    if (open_.empty()) {
        root_ = std::move(value);
        return &root_;
    }
    if (open_.back()->is_array()) {
        auto& items = open_.back()->get_ref<json::array_t&>();
        return &items.emplace_back(std::move(value));
    }
    *member_ = std::move(value);
    return member_;
}

bool Builder::open(json::value_t kind)
{
    if (open_.size() == depth_max_) {
        return refuse("more than " + std::to_string(depth_max_) + " levels of nesting");
    }
    open_.push_back(place(json(kind)));
    return true;
}

bool Builder::key(std::string& name)
{
    auto& members = open_.back()->get_ref<json::object_t&>();
    const auto [member, is_new] = members.try_emplace(std::move(name), nullptr);
    if (is_new) {
        member_ = &member->second;
        return true;
    }
    refuse("a name appears twice in one object");
    error_.fields.push_back({path_to(member->first), "appears twice"});
    return false;
}

bool Builder::number_float(json::number_float_t value, const std::string& text)
{
    if (text.size() > kNumberCharactersMax) {
        return refuse_number("a number of more than " + std::to_string(kNumberCharactersMax) +
                             " characters");
    }
    const auto exponent = text.find_first_of("eE");
    if (text.find('.') == std::string::npos && exponent == std::string::npos) {
        return refuse_number("a whole number beyond 64 bits");
    }
    const auto mantissa = std::string_view{text}.substr(0, exponent);
    if (value == 0 && mantissa.find_first_of("123456789") != std::string_view::npos) {
        return refuse_number("a number too small for a double");
    }
    return put(value);
}

/// "client.addresses[2].ip", for a name in the innermost object.
std::string Builder::path_to(const std::string& name) const
{
    std::string path;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
        if (open_[i]->is_array()) {
            path += '[' + std::to_string(open_[i]->size() - 1) + ']';
            continue;
        }
        for (const auto& [member, value] : open_[i]->get_ref<const json::object_t&>()) {
            if (&value == open_[i + 1]) path += (path.empty() ? "" : ".") + member;
        }
    }
    return path + (path.empty() ? "" : ".") + name;
}

}  // namespace

Result<json> parse_json(std::string_view text, int depth_max)
{
    if (text.starts_with(kByteOrderMark)) return unreadable(text, 0, "a byte order mark");
    // The parser takes it for the end of the text, and would ignore what hides behind it.
    if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
        return unreadable(text, nul, "a NUL byte");
    }
    return Builder{text, depth_max}.read();
}

}  // namespace accessd
