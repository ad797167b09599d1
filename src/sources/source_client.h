#pragma once

#include "sources/source_settings.h"
#include "users/person.h"

#include <tl/expected.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::sources {

/// One value that a source gave, as text and as JSON ("5", "\"gold\"", "null").
struct Field {
    std::string name;  ///< Of the column; of an answer over HTTP, a JSON Pointer.
    bool is_null = false;
    std::string text;
    std::string json;
};

/// A row, or what stands for one in a JSON answer.
using Record = std::vector<Field>;

enum class ValueType { Text, Integer, Real, Boolean, Json };
/// `text`: nothing for NULL. What isn't JSON of that type is kept as text.
Field make_field(std::string name, std::optional<std::string> text, ValueType type);

/// What a source says about a contact.
struct Answer {
    std::vector<Record> records;  ///< Two at most: more are as ambiguous.
    /// What there is: columns, also without a row. Of HTTP, the members of the record.
    std::vector<std::string> names;
    bool has_fixed_names = false;  ///< A query's columns are the same whoever is asked for.
};

/// Why a source gave no answer. Words for whoever manages it; nothing secret, no address.
struct Failure {
    enum class Kind {
        Down,  ///< It can't be reached, doesn't answer in time, or refuses us: counts against its health.
        Wrong,  ///< It answers, but not to this: the query or the settings must change.
    };
    Kind kind = Kind::Down;
    std::string words;
};

using Deadline = std::chrono::steady_clock::time_point;

/// A way to ask one source: a connection, or the client of a service.
/// Threads: one at a time.
class SourceClient {
public:
    virtual ~SourceClient() = default;
    /// Waits until `deadline` at most.
    virtual tl::expected<Answer, Failure> ask(const users::Contact& contact, Deadline deadline) = 0;
    /// Whether it can be asked again; one that can't is thrown away.
    virtual bool is_reusable() const = 0;
};

inline tl::unexpected<Failure> down(std::string words)
{
    return tl::unexpected{Failure{Failure::Kind::Down, std::move(words)}};
}
inline tl::unexpected<Failure> wrong(std::string words)
{
    return tl::unexpected{Failure{Failure::Kind::Wrong, std::move(words)}};
}

/// What a database or a library said, fit for an answer: without the connection's addresses and control
/// characters, one line, 300 bytes at most.
std::string told_by(std::string_view message);

/// Milliseconds left, never negative.
int milliseconds_until(Deadline deadline);

/// Values, rows and columns beyond these are a mistake or an attack.
inline constexpr std::size_t kAnswerBytesMax = 1024 * 1024;
inline constexpr std::size_t kColumnsMax = 200;

}  // namespace accessd::sources
