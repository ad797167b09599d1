#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace accessd::trace {

/// Where a span belongs. Source: W3C Trace Context, level 1.
struct Context {
    std::array<std::uint8_t, 16> trace{};
    std::array<std::uint8_t, 8> span{};
    bool is_sampled = false;
};

/// "00-<32 hex>-<16 hex>-01". Nothing for what isn't one, or whose ids are zero.
std::optional<Context> parse_traceparent(std::string_view text);
std::string to_traceparent(const Context& context);
std::string to_hex(const std::uint8_t* bytes, std::size_t count);

/// Numbers of OTLP. Server: a request that came in; Consumer: work that a queue gave; Client: what either waits for.
enum class Kind { Server = 2, Client = 3, Consumer = 5 };

/// Values are names, numbers and ids. Secrets, codes, contacts, and paths or queries that callers wrote never go in.
using Attribute = std::pair<std::string, std::variant<std::int64_t, std::string>>;

/// A span that has ended. Times in nanoseconds since 1970.
struct Finished {
    Context self;
    std::optional<std::array<std::uint8_t, 8>> parent;
    std::string name;
    Kind kind = Kind::Server;
    std::int64_t started_ns = 0;
    std::int64_t ended_ns = 0;
    std::vector<Attribute> attributes;
    bool is_error = false;
};

/// Takes finished spans. Threads: called concurrently, must not block.
class Sink {
public:
    virtual ~Sink() = default;
    virtual void take(Finished span) noexcept = 0;
};

/// Where spans go; null (the start): nowhere, and nothing is made. `ratio`: of traces that begin here, 0 to 1; a caller's
/// traceparent decides for its own. Like the log, one for the process: set before threads start, and again with null
/// after they ended.
void configure(Sink* sink, double ratio);

/// Whether spans are made at all.
bool is_on();

/// The span that this thread works for; nothing if there is none.
std::optional<Context> current();

/// A piece of work, from construction to end(). Unless of kind Client it is its thread's current one until then, or until
/// leave_thread(), and must end on that thread. Costs nothing while tracing is off.
class Span {
public:
    /// `remote`: the caller's traceparent, of kind Server. Without one, a child of the current span or a new trace.
    Span(std::string_view name, Kind kind, std::optional<Context> remote = std::nullopt);
    ~Span();
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;

    void set(std::string name, std::string value);
    void set(std::string name, std::int64_t value);
    void failed();
    /// Not of kind Client: this thread works for something else now. It may end on any thread from here on.
    void leave_thread() noexcept;
    void end() noexcept;

    /// What goes out as traceparent; nothing while tracing is off.
    std::optional<Context> context() const;

private:
    struct Open;
    std::unique_ptr<Open> open_;
};

/// While it lives, this thread makes no spans: what carries spans away would otherwise trace itself.
class Quiet {
public:
    Quiet();
    ~Quiet();
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;
};

}  // namespace accessd::trace
