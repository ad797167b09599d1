#pragma once

#include "base/page.h"
#include "base/result.h"
#include "http/request.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::http {

/// Reads the JSON object of a request body field by field and remembers every problem, so that one
/// answer names them all. Each field that is asked for becomes known; the rest are refused by check().
///
///     ACCESSD_TRY(auto body, Fields::parse(request));
///     const auto name = body.string("name", {.required = true, .min = 1, .max = 60});
///     ACCESSD_CHECK(body.check());   // from here on `name` holds a value
///
/// A getter returns nothing when the field is absent, null where that is allowed, or wrong (then
/// check() fails). Lengths of strings are in Unicode code points; control characters are refused
/// unless allowed.
class Fields {
public:
    struct StringRule {
        bool required = false;
        std::size_t min = 0;
        std::size_t max = 1000;
        bool nullable = false;
        bool multiline = false;  ///< Allows line feed and tab.
    };
    struct IntegerRule {
        bool required = false;
        std::int64_t min = INT64_MIN;
        std::int64_t max = INT64_MAX;
    };

    /// The body as an object; an empty body reads as {} only if `may_be_empty`.
    /// Errors: InvalidJson, InvalidRequest (not an object: an issue of the field "").
    static Result<Fields> parse(const Request& request, bool may_be_empty = false);
    /// Reads an object found inside another, which must outlive this; `path` prefixes the names in
    /// its issues.
    Fields(const nlohmann::json& object, std::string path);
    Fields(Fields&&) noexcept;
    Fields& operator=(Fields&&) noexcept;
    ~Fields();

    /// Whether the field is there at all, null included. Makes it known.
    bool has(std::string_view name);
    /// Whether the field is there and null. Makes it known.
    bool is_null(std::string_view name);

    std::optional<std::string> string(std::string_view name, const StringRule& rule);
    std::optional<std::int64_t> integer(std::string_view name, const IntegerRule& rule);
    std::optional<double> number(std::string_view name, bool required, double min, double max);
    std::optional<bool> boolean(std::string_view name, bool required = false);
    /// One of `allowed`.
    std::optional<std::string> choice(std::string_view name, bool required,
                                      std::initializer_list<std::string_view> allowed);
    /// A list of strings, each 1 to `length_max` characters, without repetition. Its issues bear the
    /// list's name and start with the item's place: "[2] must be a string".
    std::optional<std::vector<std::string>> strings(std::string_view name, bool required,
                                                    std::size_t count_max, std::size_t length_max);
    /// A nested object, to be read with its own Fields (whose issues are merged by `absorb`).
    std::optional<Fields> object(std::string_view name, bool required = false);
    /// A nested list of objects, each to be read and absorbed. Items that are none are refused and
    /// left out, so that the problems of the others are found too.
    std::optional<std::vector<Fields>> objects(std::string_view name, bool required,
                                               std::size_t count_max);
    /// Any JSON whose serialised form is at most `bytes_max`; must be an object if `object_only`.
    std::optional<nlohmann::json> json(std::string_view name, bool required, std::size_t bytes_max,
                                       bool object_only = true);

    /// Adds a problem found by the caller.
    void refuse(std::string_view name, std::string issue);
    /// Takes over the problems of a nested object, its unknown fields included.
    void absorb(const Fields& nested);

    /// Errors: InvalidRequest naming every problem so far and every field nobody asked for.
    Result<void> check() const;

private:
    struct State;

    explicit Fields(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

/// Reads query parameters in the same manner; repeated and unknown ones are refused by check().
class Query {
public:
    explicit Query(const Request& request);
    std::optional<std::string> string(std::string_view name, std::size_t max = 200);
    std::optional<std::string> choice(std::string_view name,
                                      std::initializer_list<std::string_view> allowed);
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
    /// `limit` and `cursor` of a list. A cursor is base64url of the last item's id; one that isn't is refused.
    PageRequest page();
    void refuse(std::string_view name, std::string issue);
    Result<void> check() const;

private:
    std::vector<std::pair<std::string, std::string>> values_;
    std::vector<std::string> known_;
    std::vector<FieldIssue> issues_;
};

/// The cursor for page_json that continues after this id.
std::string to_cursor(std::string_view id);

}  // namespace accessd::http
