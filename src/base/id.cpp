#include "base/id.h"

#include "base/id_order.h"
#include "base/random.h"

#include <array>
#include <atomic>
#include <cstdint>

namespace accessd {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghijklmnopqrstuv";
constexpr std::size_t kTimeBytes = 6;
constexpr std::size_t kSequenceBytes = 2;
constexpr std::size_t kRandomBytes = 10;
constexpr std::size_t kBytes = kTimeBytes + kSequenceBytes + kRandomBytes;
constexpr std::size_t kCharacters = (kBytes * 8 + 4) / 5;

/// Starts anew with each millisecond and rises within it, so that its ids keep their order.
std::uint16_t next_sequence(std::uint64_t millis)
{
    static std::atomic<std::uint64_t> last{0};  // Milliseconds, then 16 bits of sequence.
    auto seen = last.load(std::memory_order_relaxed);
    std::uint64_t next = 0;
    do {
        // A thread may come with a time read a little earlier: it just goes on counting.
        next = millis > seen >> 16U ? millis << 16U : seen + 1;
    } while (!last.compare_exchange_weak(seen, next, std::memory_order_relaxed));
    return static_cast<std::uint16_t>(next);
}

int value_of(char character)
{
    if (character >= '0' && character <= '9') return character - '0';
    if (character >= 'a' && character <= 'v') return character - 'a' + 10;
    return -1;
}

}  // namespace

std::string make_id(std::string_view prefix, TimePoint now, Random& random)
{
    std::array<std::uint8_t, kBytes> raw{};
    const auto millis = static_cast<std::uint64_t>(unix_millis(now));
    for (std::size_t i = 0; i < kTimeBytes; ++i) {
        raw[i] = static_cast<std::uint8_t>(millis >> (8 * (kTimeBytes - 1 - i)));
    }
    const auto sequence = next_sequence(millis);
    raw[kTimeBytes] = static_cast<std::uint8_t>(sequence >> 8);
    raw[kTimeBytes + 1] = static_cast<std::uint8_t>(sequence);
    random.fill(std::span{raw}.subspan(kTimeBytes + kSequenceBytes));

    std::string id;
    id.reserve(prefix.size() + kCharacters);
    id = prefix;
    std::uint32_t buffer = 0;
    int bits = 0;
    for (const auto byte : raw) {
        buffer = buffer << 8 | byte;
        bits += 8;
        for (; bits >= 5; bits -= 5) id += kAlphabet[buffer >> (bits - 5) & 31U];
    }
    if (bits > 0) id += kAlphabet[buffer << (5 - bits) & 31U];
    return id;
}

std::string first_id_at(std::string_view prefix, TimePoint time)
{
    // The 48 bits of time and 2 more, which are zero: 10 characters. What follows only makes it greater.
    const auto value = static_cast<std::uint64_t>(unix_millis(time)) << 2U;
    std::string id{prefix};
    for (int shift = 45; shift >= 0; shift -= 5) id += kAlphabet[value >> shift & 31U];
    return id;
}

bool looks_like_id(std::string_view id, std::string_view prefix)
{
    if (id.size() != prefix.size() + kCharacters || !id.starts_with(prefix)) return false;
    for (const char character : id.substr(prefix.size())) {
        if (value_of(character) < 0) return false;
    }
    return true;
}

std::optional<TimePoint> time_of_id(std::string_view id, std::string_view prefix)
{
    if (!looks_like_id(id, prefix)) return std::nullopt;
    std::uint64_t value = 0;  // The first 10 characters are 50 bits: the 48 of time and 2 more.
    for (const char character : id.substr(prefix.size(), 10)) {
        value = value << 5 | static_cast<std::uint64_t>(value_of(character));
    }
    return from_unix_millis(static_cast<std::int64_t>(value >> 2));
}

}  // namespace accessd
