#pragma once

#include "access/proof_check.h"
#include "base/random.h"
#include "crypto/keyring.h"
#include "limits/recent_use.h"

#include <chrono>
#include <string>

namespace accessd::access {

/// A proof of work (hashcash): the newcomer looks for a `solution` so that SHA-256 of
/// "<challenge>.<solution>", which is the proof, starts with as many zero bits as the challenge says. Finding it
/// takes 2^bits tries on average; checking takes one hash.
///
/// A challenge is "1~<bits>~<expiry, Unix ms>~<random>~<HMAC>": nothing is kept for it until it is solved. The
/// HMAC binds it to its project. The numbers: docs/decisions/0032-proof-of-work.md.
class ProofOfWork final : public ProofCheck {
public:
    static constexpr int kBitsMin = 15;
    static constexpr int kBitsMax = 22;
    static constexpr auto kLife = std::chrono::minutes{5};

    ProofOfWork(const crypto::Keyring& keyring, Random& random);

    Challenge challenge(const Newcomer& newcomer, TimePoint now) override;
    Result<Proof> check(const Newcomer& newcomer, const std::string& proof, TimePoint now) override;
    void spent(const Newcomer& newcomer, TimePoint now) override;

private:
    int price(const Newcomer& newcomer, TimePoint now) const;

    const crypto::Keyring& keyring_;
    Random& random_;
    limits::RecentUse by_network_;
    limits::RecentUse by_project_;
    limits::RecentUse in_all_;
};

/// How many bits a hash starts with that are zero.
int leading_zero_bits(std::string_view hash);

}  // namespace accessd::access
