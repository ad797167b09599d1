#include "admin/totp.h"

#include "base/percent_encoding.h"
#include "crypto/hash.h"

#include <liboath/oath.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace accessd::admin::totp {
namespace {

constexpr std::size_t kSecretBytes = 20;

/// The library prepares itself once.
void prepare()
{
    static const int status = oath_init();
    if (status != OATH_OK) throw std::runtime_error{oath_strerror(status)};
}

}  // namespace

Secret new_secret(Random& random) { return Secret{random.bytes(kSecretBytes)}; }

std::optional<std::int64_t> find_step(const Secret& secret, std::string_view otp, TimePoint now)
{
    prepare();
    constexpr std::int64_t length = OATH_TOTP_DEFAULT_TIME_STEP_SIZE;
    if (otp.size() != kDigits) return std::nullopt;
    const auto step = unix_seconds(now) / length;
    std::optional<std::int64_t> found;
    // All three are compared, whichever fits.
    for (const auto candidate : {step - 1, step, step + 1}) {
        std::array<char, kDigits + 1> expected{};
        const int status =
            oath_totp_generate(secret.reveal().data(), secret.reveal().size(), candidate * length,
                               OATH_TOTP_DEFAULT_TIME_STEP_SIZE, OATH_TOTP_DEFAULT_START_TIME,
                               kDigits, expected.data());
        if (status != OATH_OK) throw std::runtime_error{oath_strerror(status)};
        if (crypto::is_equal_in_constant_time({expected.data(), kDigits}, otp)) found = candidate;
    }
    return found;
}

std::string to_base32(std::string_view bytes)
{
    prepare();
    char* encoded = nullptr;
    std::size_t size = 0;
    if (oath_base32_encode(bytes.data(), bytes.size(), &encoded, &size) != OATH_OK) {
        throw std::runtime_error{"base32"};
    }
    std::string text{encoded, size};
    std::free(encoded);  // NOLINT(cppcoreguidelines-no-malloc): the library's.
    while (text.ends_with('=')) text.pop_back();
    return text;
}

std::string address_of(const Secret& secret, std::string_view issuer, std::string_view account)
{
    return "otpauth://totp/" + percent_encoded(issuer) + ":" + percent_encoded(account) +
           "?secret=" + to_base32(secret.reveal()) + "&issuer=" + percent_encoded(issuer);
}

}  // namespace accessd::admin::totp
