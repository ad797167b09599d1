#include "base/random.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>

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

namespace {

void fill_from_system(std::span<std::uint8_t> out)
{
    if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) std::abort();
}

/// Bytes drawn ahead: an id takes ten, and asking OpenSSL costs the same for a thousand. What was handed
/// out is wiped, and a process that forks keeps none of them for its child.
class Pool {
public:
    static constexpr std::size_t kLargest = 64;  ///< More is not worth the copy.

    void take(std::span<std::uint8_t> out)
    {
        if (left_ < out.size()) {
            fill_from_system(bytes_);
            left_ = bytes_.size();
        }
        left_ -= out.size();
        std::memcpy(out.data(), bytes_.data() + left_, out.size());
        OPENSSL_cleanse(bytes_.data() + left_, out.size());
    }
    void forget()
    {
        OPENSSL_cleanse(bytes_.data(), bytes_.size());
        left_ = 0;
    }

private:
    std::array<std::uint8_t, 1024> bytes_{};
    std::size_t left_ = 0;
};

Pool& pool_of_thread()
{
    thread_local Pool pool;
    return pool;
}

}  // namespace

void SystemRandom::fill(std::span<std::uint8_t> out)
{
    // Only the thread that forks lives on in the child, so its pool is the only one to forget.
    static const int watches_forks =
        pthread_atfork(nullptr, nullptr, [] { pool_of_thread().forget(); });
    if (watches_forks != 0 || out.size() > Pool::kLargest) return fill_from_system(out);
    pool_of_thread().take(out);
}

}  // namespace accessd
