#include "crypto/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/sha.h>

#include <array>
#include <cstdlib>
#include <memory>

namespace accessd::crypto {
namespace {

/// One context per thread, ready but for the key: fetching HMAC anew costs more than computing it.
EVP_MAC_CTX* hmac_context()
{
    struct Free {
        void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
    };
    thread_local const std::unique_ptr<EVP_MAC_CTX, Free> context = [] {
        EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
        std::unique_ptr<EVP_MAC_CTX, Free> made{EVP_MAC_CTX_new(mac)};
        EVP_MAC_free(mac);
        std::string digest = "SHA256";
        const std::array<OSSL_PARAM, 2> parameters{
            OSSL_PARAM_construct_utf8_string("digest", digest.data(), 0),
            OSSL_PARAM_construct_end()};
        if (!made || EVP_MAC_CTX_set_params(made.get(), parameters.data()) != 1) std::abort();
        return made;
    }();
    return context.get();
}

}  // namespace

std::string sha256(std::string_view bytes)
{
    static const EVP_MD* digest = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // For ever.
    std::string out(SHA256_DIGEST_LENGTH, '\0');
    if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()),
                   nullptr, digest, nullptr) != 1) {
        std::abort();
    }
    return out;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes)
{
    std::string out(SHA256_DIGEST_LENGTH, '\0');
    std::size_t length = 0;
    auto* context = hmac_context();
    if (EVP_MAC_init(context, reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                     nullptr) != 1 ||
        EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(bytes.data()),
                       bytes.size()) != 1 ||
        EVP_MAC_final(context, reinterpret_cast<unsigned char*>(out.data()), &length, out.size()) !=
            1) {
        std::abort();  // Only a broken OpenSSL or no memory: no digest is better than a wrong one.
    }
    return out;
}

std::string hmac_sha1(std::string_view key, std::string_view bytes)
{
    std::string out(SHA_DIGEST_LENGTH, '\0');
    unsigned int length = 0;
    if (HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
             reinterpret_cast<unsigned char*>(out.data()), &length) == nullptr) {
        std::abort();
    }
    return out;
}

bool is_equal_in_constant_time(std::string_view left, std::string_view right)
{
    return left.size() == right.size() &&
           CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace accessd::crypto
