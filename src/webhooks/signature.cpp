#include "webhooks/signature.h"

#include "base/encoding.h"
#include "crypto/hash.h"

namespace accessd::webhooks {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kSecretBytes = 32;

/// The bytes behind the prefix. Ours were all made here, so there is nothing to refuse.
std::string key_of(const Secret& secret)
{
    auto text = secret.reveal().substr(kPrefix.size());
    while (text.ends_with('=')) text.pop_back();
    for (char& c : text) {
        if (c == '+') c = '-';
        if (c == '/') c = '_';
    }
    return from_base64url(text).value_or(std::string{});
}

}  // namespace

Secret make_webhook_secret(Random& random)
{
    return Secret{std::string{kPrefix} + to_base64(random.bytes(kSecretBytes))};
}

std::string sign(const std::vector<Secret>& secrets, std::string_view id, TimePoint at,
                 std::string_view body)
{
    std::string content{id};
    content.append(".").append(std::to_string(unix_seconds(at))).append(".").append(body);
    std::string signatures;
    for (const auto& secret : secrets) {
        if (!signatures.empty()) signatures += ' ';
        signatures += "v1," + to_base64(crypto::hmac_sha256(key_of(secret), content));
    }
    return signatures;
}

}  // namespace accessd::webhooks
