#include "base/random.h"

#include <openssl/rand.h>

#include <array>
#include <cstdlib>
#include <cstring>

namespace accessd {

std::string Random::bytes(std::size_t count)
{
    std::string out(count, '\0');
    fill({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
    return out;
}

std::string Random::digits(int count)
{
    std::uint64_t range = 1;
    for (int i = 0; i < count; ++i) range *= 10;
    // The largest multiple of `range` that fits: values from there on would favour small codes.
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % range;

    std::uint64_t value = 0;
    do {
        std::array<std::uint8_t, sizeof value> raw{};
        fill(raw);
        std::memcpy(&value, raw.data(), sizeof value);
    } while (value >= limit);
    value %= range;

    std::string text(static_cast<std::size_t>(count), '0');
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, value /= 10) {
        *digit = static_cast<char>('0' + value % 10);
    }
    return text;
}

void SystemRandom::fill(std::span<std::uint8_t> out)
{
    if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) std::abort();
}

}  // namespace accessd
