#include "access/proof_of_work.h"

#include "base/encoding.h"
#include "crypto/hash.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

namespace accessd::access {
namespace {

constexpr std::string_view kVersion = "1";
constexpr std::size_t kRandomBytes = 16;
constexpr std::size_t kProofMax = 300;
constexpr std::size_t kSolutionMax = 32;
constexpr char kBetween = '~';
constexpr char kBeforeSolution = '.';

// How prices rise. Source: docs/decisions/0032-proof-of-work.md.
constexpr auto kNetworkHalfLife = std::chrono::minutes{15};
constexpr auto kCrowdHalfLife = std::chrono::minutes{1};
constexpr double kLoginsPerNetworkBit = 4;
constexpr double kCrowdOfProject = 100;
constexpr double kCrowdOfServer = 400;
/// What a price may have risen by while a challenge was being solved.
constexpr int kBitsOfSlack = 2;
constexpr std::size_t kNetworksMax = 20'000;  // About 2 MB.
constexpr std::size_t kProjectsMax = 10'000;

const std::string kServer = "all";

/// The key of its HMAC is of the pepper; no validation is called that.
std::string domain_of(const Newcomer& newcomer) { return "proof_of_work:" + newcomer.project_id; }

std::string network_key(const Newcomer& newcomer)
{
    return newcomer.project_id + ":" + newcomer.network;
}

/// One bit for each doubling beyond the usual crowd.
int crowd_bits(double count, double usual)
{
    return count <= usual ? 0 : static_cast<int>(std::ceil(std::log2(count / usual)));
}

template <class Number>
std::optional<Number> to_number(std::string_view text)
{
    Number number{};
    const auto* end = text.data() + text.size();
    const auto [rest, problem] = std::from_chars(text.data(), end, number);
    if (problem != std::errc{} || rest != end) return std::nullopt;
    return number;
}

/// A proof taken apart. Everything but the solution is as this server wrote it, if the HMAC is right.
struct Parsed {
    std::string_view text;  ///< Of the challenge, less its HMAC.
    std::string mac;
    int bits = 0;
    TimePoint expires_at;
};

std::string_view take_part(std::string_view& rest)
{
    const auto end = std::min(rest.find(kBetween), rest.size());
    const auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

bool is_solution(std::string_view text)
{
    return !text.empty() && text.size() <= kSolutionMax &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '-' || c == '_';
           });
}

std::optional<Parsed> parse(std::string_view proof)
{
    if (proof.size() > kProofMax) return std::nullopt;
    const auto dot = proof.find(kBeforeSolution);
    if (dot == std::string_view::npos || !is_solution(proof.substr(dot + 1))) return std::nullopt;
    const auto challenge = proof.substr(0, dot);
    const auto last = challenge.rfind(kBetween);
    if (last == std::string_view::npos) return std::nullopt;

    auto rest = challenge.substr(0, last);
    Parsed parsed;
    parsed.text = rest;
    if (take_part(rest) != kVersion) return std::nullopt;
    const auto bits = to_number<int>(take_part(rest));
    const auto expires_at = to_number<std::int64_t>(take_part(rest));
    auto mac = from_base64url(challenge.substr(last + 1));
    if (!bits || !expires_at || !mac) return std::nullopt;
    parsed.mac = std::move(*mac);
    parsed.bits = *bits;
    parsed.expires_at = from_unix_millis(*expires_at);
    return parsed;
}

Error refuse(const char* reason)
{
    return Error{ErrorCode::ChallengeRequired, reason}.with("reason", std::string{reason});
}

}  // namespace

int leading_zero_bits(std::string_view hash)
{
    int bits = 0;
    for (const char c : hash) {
        const auto byte = static_cast<unsigned char>(c);
        bits += std::countl_zero(byte);
        if (byte != 0) break;
    }
    return bits;
}

ProofOfWork::ProofOfWork(const crypto::Keyring& keyring, Random& random)
    : keyring_(keyring),
      random_(random),
      by_network_(kNetworkHalfLife, kNetworksMax),
      by_project_(kCrowdHalfLife, kProjectsMax),
      in_all_(kCrowdHalfLife, 1)
{
}

int ProofOfWork::price(const Newcomer& newcomer, TimePoint now) const
{
    const auto of_network =
        static_cast<int>(by_network_.count(network_key(newcomer), now) / kLoginsPerNetworkBit);
    const int of_crowd =
        std::max(crowd_bits(by_project_.count(newcomer.project_id, now), kCrowdOfProject),
                 crowd_bits(in_all_.count(kServer, now), kCrowdOfServer));
    return std::min(kBitsMin + of_network + of_crowd, kBitsMax);
}

Challenge ProofOfWork::challenge(const Newcomer& newcomer, TimePoint now)
{
    Challenge made;
    made.kind = "proof_of_work";
    made.difficulty = price(newcomer, now);
    made.expires_at = now + kLife;
    made.challenge = std::string{kVersion} + kBetween + std::to_string(made.difficulty) + kBetween +
                     std::to_string(unix_millis(made.expires_at)) + kBetween +
                     to_base64url(random_.bytes(kRandomBytes));
    const auto mac = keyring_.digest_code(domain_of(newcomer), made.challenge).digest;
    (made.challenge += kBetween) += to_base64url(mac);
    return made;
}

Result<Proof> ProofOfWork::check(const Newcomer& newcomer, const std::string& proof, TimePoint now)
{
    if (proof.empty()) return refuse("missing");
    const auto parsed = parse(proof);
    if (!parsed) return refuse("malformed");
    const auto digests = keyring_.candidate_digests(domain_of(newcomer), parsed->text);
    const bool is_ours = std::any_of(digests.begin(), digests.end(), [&](const auto& candidate) {
        return crypto::is_equal_in_constant_time(candidate.digest, parsed->mac);
    });
    if (!is_ours) return refuse("malformed");
    if (parsed->expires_at <= now) return refuse("expired");
    // Or cheap challenges could be collected before an attack, or by other networks.
    if (parsed->bits + kBitsOfSlack < price(newcomer, now)) return refuse("too_easy");
    if (leading_zero_bits(crypto::sha256(proof)) < parsed->bits) return refuse("wrong");
    // The challenge's, not the proof's: another solution of the same challenge is no other proof.
    return Proof{"pow:" + to_base64url(parsed->mac), parsed->expires_at};
}

void ProofOfWork::spent(const Newcomer& newcomer, TimePoint now)
{
    by_network_.add(network_key(newcomer), now);
    by_project_.add(newcomer.project_id, now);
    in_all_.add(kServer, now);
}

}  // namespace accessd::access
