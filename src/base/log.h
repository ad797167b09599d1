#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace accessd::log {

enum class Level { Debug, Info, Warn, Error };
enum class Format { Text, Json };

/// A named value of a log line. Secrets, codes, faces and full contacts never go in; people are
/// named by id.
struct Field {
    std::string_view name;
    std::variant<std::int64_t, double, std::string_view> value;

    Field(std::string_view n, std::string_view v) : name(n), value(v) {}
    Field(std::string_view n, const std::string& v) : name(n), value(std::string_view{v}) {}
    Field(std::string_view n, const char* v) : name(n), value(std::string_view{v}) {}
    Field(std::string_view n, std::int64_t v) : name(n), value(v) {}
    Field(std::string_view n, int v) : name(n), value(std::int64_t{v}) {}
    Field(std::string_view n, std::size_t v) : name(n), value(static_cast<std::int64_t>(v)) {}
    Field(std::string_view n, double v) : name(n), value(v) {}
};

using Fields = std::initializer_list<Field>;

/// Chooses level and form once, at start; lines go to standard error. Before it: text, info.
void configure(Level level, Format format);
bool is_enabled(Level level);

/// One line. The message is a constant sentence; what varies goes into fields.
/// Control characters in values are escaped, so that nobody can forge a line.
/// Threads: safe to call concurrently.
void write(Level level, std::string_view message, Fields fields = {});

inline void debug(std::string_view message, Fields fields = {})
{
    write(Level::Debug, message, fields);
}
inline void info(std::string_view message, Fields fields = {})
{
    write(Level::Info, message, fields);
}
inline void warn(std::string_view message, Fields fields = {})
{
    write(Level::Warn, message, fields);
}
inline void error(std::string_view message, Fields fields = {})
{
    write(Level::Error, message, fields);
}

}  // namespace accessd::log
