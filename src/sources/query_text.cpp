#include "sources/query_text.h"

#include "base/encoding.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace accessd::sources {
namespace {

using users::ContactKind;

constexpr std::size_t kQueryBytesMax = 8192;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::optional<ContactKind> parse_parameter(std::string_view name)
{
    for (const auto kind : {ContactKind::Email, ContactKind::Phone, ContactKind::UserId}) {
        if (name == users::to_text(kind)) return kind;
    }
    return std::nullopt;
}

bool starts_with_word(std::string_view text, std::string_view word)
{
    if (text.size() <= word.size() || is_word(text[word.size()])) return false;
    return std::equal(word.begin(), word.end(), text.begin(), [](char wanted, char c) {
        return (c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c) == wanted;
    });
}

/// Copies a query piece by piece and puts placeholders in the place of names.
class QueryReader {
public:
    QueryReader(std::string_view query, Placeholder placeholder)
        : query_(query), placeholder_(placeholder)
    {
    }

    /// What is wrong; empty: nothing.
    std::string read()
    {
        if (query_.size() > kQueryBytesMax) return "is longer than 8 KiB";
        while (!query_.empty() && is_space(query_.front())) query_.remove_prefix(1);
        while (!query_.empty() && is_space(query_.back())) query_.remove_suffix(1);
        if (!starts_with_word(query_, "select") && !starts_with_word(query_, "with")) {
            return "must be one SELECT (it may start with WITH)";
        }
        if (auto wrong = find_unreadable(); !wrong.empty()) return wrong;
        while (at_ < query_.size()) {
            if (auto wrong = step(); !wrong.empty()) return wrong;
        }
        if (text_.parameters.empty()) {
            return "names no parameter: write :email, :phone or :user_id where the contact goes";
        }
        return {};
    }
    QueryText take() { return std::move(text_); }

private:
    std::string find_unreadable() const
    {
        for (std::size_t at = 0; at < query_.size();) {
            const auto length = utf8_length(query_, at);
            if (length == 0) return "isn't UTF-8";
            const char c = query_[at];
            if (static_cast<unsigned char>(c) < 0x20 && !is_space(c)) {
                return "holds a control character";
            }
            // In quotes it ends them for one database and not for the next.
            if (c == '\\') return "holds a backslash, which databases read in different ways";
            at += length;
        }
        return {};
    }

    char next() const { return at_ + 1 < query_.size() ? query_[at_ + 1] : '\0'; }

    std::string step()
    {
        const char c = query_[at_];
        if (c == '\'' || c == '"' || c == '`') return copy_quoted(c);
        if (c == ';') return "holds a semicolon: it must be one statement, without one at its end";
        if ((c == '-' && next() == '-') || (c == '/' && next() == '*')) return "holds a comment";
        if (c == '#' && placeholder_ == Placeholder::Question) return "holds a comment";
        if (c == '$' || (c == '?' && placeholder_ != Placeholder::Dollar)) {
            return std::string{"holds "} + c + ": write :email, :phone or :user_id instead";
        }
        if (c == ':' && next() == ':') return copy(2);  // A cast.
        if (c == ':' && is_word(next())) return replace_name();
        return copy(1);
    }

    std::string copy(std::size_t count)
    {
        text_.sql += query_.substr(at_, count);
        at_ += count;
        return {};
    }

    std::string copy_quoted(char quote)
    {
        const auto end = query_.find(quote, at_ + 1);  // A doubled one begins the next piece.
        if (end == std::string_view::npos) return "has a quote that doesn't end";
        return copy(end + 1 - at_);
    }

    std::string replace_name()
    {
        auto end = at_ + 1;
        while (end < query_.size() && is_word(query_[end])) ++end;
        const auto name = query_.substr(at_ + 1, end - at_ - 1);
        const auto kind = parse_parameter(name);
        if (!kind) {
            return "has the parameter :" + std::string{name} +
                   "; there are :email, :phone and :user_id";
        }
        at_ = end;
        auto& parameters = text_.parameters;
        if (placeholder_ == Placeholder::Question) {
            parameters.push_back(*kind);
            text_.sql += '?';
            return {};
        }
        auto place = std::find(parameters.begin(), parameters.end(), *kind);
        if (place == parameters.end()) place = parameters.insert(place, *kind);
        text_.sql += placeholder_ == Placeholder::Dollar ? '$' : '?';
        text_.sql += std::to_string(place - parameters.begin() + 1);
        return {};
    }

    std::string_view query_;
    Placeholder placeholder_;
    std::size_t at_ = 0;
    QueryText text_;
};

}  // namespace

Result<QueryText> read_query(std::string_view query, Placeholder placeholder,
                             std::string_view field)
{
    QueryReader reader{query, placeholder};
    if (auto wrong = reader.read(); !wrong.empty()) {
        return Error::invalid(std::string{field}, std::move(wrong));
    }
    return reader.take();
}

}  // namespace accessd::sources
