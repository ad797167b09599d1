#include "base/trace.h"

#include "base/random.h"
#include "base/trace_scope.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <utility>

namespace accessd::trace {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::size_t kTraceparent = 55;

std::atomic<Sink*> g_sink{nullptr};
std::atomic<double> g_ratio{1.0};
thread_local const Context* t_current = nullptr;
thread_local int t_quiet = 0;

std::int64_t now_ns()
{
    using namespace std::chrono;
    return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

template <std::size_t N>
std::array<std::uint8_t, N> random_id()
{
    static SystemRandom random;
    std::array<std::uint8_t, N> id{};
    random.fill(id);
    return id;
}

template <std::size_t N>
bool read_hex(std::string_view text, std::array<std::uint8_t, N>& out)
{
    for (std::size_t i = 0; i < N; ++i) {
        const auto high = kHex.find(text[2 * i]);
        const auto low = kHex.find(text[2 * i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return false;
        out[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return true;
}

template <std::size_t N>
bool is_zero(const std::array<std::uint8_t, N>& id)
{
    return std::all_of(id.begin(), id.end(), [](std::uint8_t byte) { return byte == 0; });
}

/// By the trace's id, which is random: all nodes that see a trace decide alike.
bool is_chosen(const std::array<std::uint8_t, 16>& trace)
{
    std::uint64_t value = 0;
    for (std::size_t i = 8; i < trace.size(); ++i) value = value << 8U | trace[i];
    const auto share =
        static_cast<double>(value) / static_cast<double>(std::numeric_limits<std::uint64_t>::max());
    return share < g_ratio.load(std::memory_order_relaxed);
}

}  // namespace

std::string to_hex(const std::uint8_t* bytes, std::size_t count)
{
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        text += kHex[bytes[i] >> 4U];
        text += kHex[bytes[i] & 15U];
    }
    return text;
}

std::optional<Context> parse_traceparent(std::string_view text)
{
    // Later versions may add to the end, behind a dash; ff is none.
    if (text.size() < kTraceparent || text.starts_with("ff")) return std::nullopt;
    if (text.size() > kTraceparent && (text.starts_with("00") || text[kTraceparent] != '-')) {
        return std::nullopt;
    }
    if (text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
    Context context;
    std::array<std::uint8_t, 1> version{};
    std::array<std::uint8_t, 1> flags{};
    const bool is_hex = read_hex(text, version) && read_hex(text.substr(3), context.trace) &&
                        read_hex(text.substr(36), context.span) && read_hex(text.substr(53), flags);
    if (!is_hex || is_zero(context.trace) || is_zero(context.span)) return std::nullopt;
    context.is_sampled = (flags[0] & 1U) != 0;
    return context;
}

std::string to_traceparent(const Context& context)
{
    return "00-" + to_hex(context.trace.data(), context.trace.size()) + "-" +
           to_hex(context.span.data(), context.span.size()) + (context.is_sampled ? "-01" : "-00");
}

void configure(Sink* sink, double ratio)
{
    g_ratio = ratio;
    g_sink = sink;
}

bool is_on() { return g_sink.load(std::memory_order_relaxed) != nullptr; }

std::optional<Context> current()
{
    if (t_current == nullptr) return std::nullopt;
    return *t_current;
}

struct Span::Open {
    Finished span;
    const Context* before = nullptr;  ///< The thread's current one until now.
    bool is_current = false;
};

Span::Span(std::string_view name, Kind kind, std::optional<Context> remote)
{
    if (g_sink.load(std::memory_order_relaxed) == nullptr || t_quiet > 0) return;
    open_ = std::make_unique<Open>();
    auto& span = open_->span;
    span.name = name;
    span.kind = kind;
    span.started_ns = now_ns();
    const auto parent = remote ? remote : current();
    if (parent) {
        span.self.trace = parent->trace;
        span.self.is_sampled = parent->is_sampled;
        span.parent = parent->span;
    } else {
        span.self.trace = random_id<16>();
        span.self.is_sampled = is_chosen(span.self.trace);
    }
    span.self.span = random_id<8>();
    if (kind == Kind::Client) return;
    open_->before = t_current;
    open_->is_current = true;
    t_current = &span.self;
}

Span::~Span() { end(); }

void Span::set(std::string name, std::string value)
{
    if (open_) open_->span.attributes.emplace_back(std::move(name), std::move(value));
}

void Span::set(std::string name, std::int64_t value)
{
    if (open_) open_->span.attributes.emplace_back(std::move(name), value);
}

void Span::failed()
{
    if (open_) open_->span.is_error = true;
}

void Span::leave_thread() noexcept
{
    if (open_ && std::exchange(open_->is_current, false)) t_current = open_->before;
}

void Span::end() noexcept
{
    if (!open_) return;
    leave_thread();
    open_->span.ended_ns = now_ns();
    auto* sink = g_sink.load(std::memory_order_acquire);
    if (sink != nullptr && open_->span.self.is_sampled) sink->take(std::move(open_->span));
    open_.reset();
}

std::optional<Context> Span::context() const
{
    if (!open_) return std::nullopt;
    return open_->span.self;
}

Scope::Scope(std::optional<Context> context) : context_(context), before_(t_current)
{
    if (context_) t_current = &*context_;
}

Scope::~Scope() { t_current = before_; }

Quiet::Quiet() { ++t_quiet; }
Quiet::~Quiet() { --t_quiet; }

}  // namespace accessd::trace
