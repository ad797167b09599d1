#include "base/log.h"

#include "base/clock.h"
#include "base/encoding.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>

namespace accessd::log {
namespace {

std::atomic<Level> g_level{Level::Info};
std::atomic<Format> g_format{Format::Text};

/// The one way out. Lines are complete before they reach it; spdlog keeps writers apart.
spdlog::logger& sink()
{
    static const auto logger = [] {
        auto made = std::make_shared<spdlog::logger>(
            "accessd", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%v");
        made->set_level(spdlog::level::trace);
        made->flush_on(spdlog::level::trace);
        return made;
    }();
    return *logger;
}

std::string_view to_text(Level level)
{
    constexpr std::array<std::string_view, 4> names{"debug", "info", "warn", "error"};
    return names[static_cast<std::size_t>(level)];
}

void append_code(std::string& line, unsigned code)
{
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "\\u%04x", code);
    line += text.data();
}

/// A character beyond ASCII as it is, but for the controls U+0080 to U+009F, which terminals obey;
/// U+FFFD for a byte that belongs to none. Returns the bytes used.
std::size_t append_wide(std::string& line, std::string_view text, std::size_t at)
{
    const auto length = utf8_length(text, at);
    const auto last = static_cast<unsigned char>(length == 2 ? text[at + 1] : '\0');
    if (length == 0) {
        append_code(line, 0xfffd);
        return 1;
    }
    if (text[at] == '\xc2' && last < 0xa0) {
        append_code(line, last);
    } else {
        line += text.substr(at, length);
    }
    return length;
}

void append_escaped(std::string& line, std::string_view text)
{
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80) {
            i += append_wide(line, text, i);
            continue;
        }
        ++i;
        if (c == '"' || c == '\\') {
            line += '\\';
            line += c;
        } else if (c == '\n') {
            line += "\\n";
        } else if (byte < 0x20 || byte == 0x7f) {
            append_code(line, byte);
        } else {
            line += c;
        }
    }
}

std::string number_text(double value)
{
    std::array<char, 32> text{};
    const int length = std::snprintf(text.data(), text.size(), "%.3f", value);
    return {text.data(), static_cast<std::size_t>(length)};
}

bool needs_quotes(std::string_view text)
{
    return text.empty() || text.find_first_of(" \"\\=\t\n") != std::string_view::npos;
}

void append_value(std::string& line, const Field& field, bool always_quote)
{
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
        line += std::to_string(*number);
    } else if (const auto* real = std::get_if<double>(&field.value)) {
        line += number_text(*real);
    } else {
        const auto text = std::get<std::string_view>(field.value);
        const bool quoted = always_quote || needs_quotes(text);
        if (quoted) line += '"';
        append_escaped(line, text);
        if (quoted) line += '"';
    }
}

std::string json_line(Level level, std::string_view message, Fields fields)
{
    std::string line = R"({"time":")" + to_rfc3339(SystemClock{}.now()) + R"(","level":")";
    line += to_text(level);
    line += R"(","message":")";
    append_escaped(line, message);
    line += '"';
    for (const auto& field : fields) {
        line += ",\"";
        append_escaped(line, field.name);
        line += "\":";
        append_value(line, field, true);
    }
    line += '}';
    return line;
}

std::string text_line(Level level, std::string_view message, Fields fields)
{
    std::string line = to_rfc3339(SystemClock{}.now());
    line += ' ';
    line += to_text(level);
    line.append(to_text(level).size() < 5 ? 2 : 1, ' ');
    append_escaped(line, message);
    for (const auto& field : fields) {
        line += ' ';
        line += field.name;
        line += '=';
        append_value(line, field, false);
    }
    return line;
}

}  // namespace

void configure(Level level, Format format)
{
    g_level = level;
    g_format = format;
}

bool is_enabled(Level level) { return level >= g_level.load(std::memory_order_relaxed); }

void write(Level level, std::string_view message, Fields fields)
{
    if (!is_enabled(level)) return;
    const auto line = g_format.load(std::memory_order_relaxed) == Format::Json
                          ? json_line(level, message, fields)
                          : text_line(level, message, fields);
    sink().log(spdlog::level::info, spdlog::string_view_t{line.data(), line.size()});
}

}  // namespace accessd::log
