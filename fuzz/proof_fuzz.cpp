// Proofs of work from browsers: only a challenge of ours, for this project, in time and really solved, opens a login.

#include "fuzz.h"

#include "access/proof_of_work.h"
#include "crypto/hash.h"
#include "crypto/keyring.h"
#include "support/fakes.h"
#include "support/memory_key_stores.h"

#include <memory>

namespace accessd::fuzz {
namespace {

const access::Newcomer kNewcomer{"prj_1", "192.0.2.0/24"};

/// A challenge, and the solution that the harness found for it once.
class World {
public:
    World()
    {
        while (access::leading_zero_bits(crypto::sha256(good())) < challenge_.difficulty) {
            ++solution_;
        }
    }
    std::string good() const { return challenge_.challenge + '.' + std::to_string(solution_); }
    access::ProofOfWork& proofs() { return proofs_; }
    TimePoint now() const { return clock_.now(); }

private:
    test::FakeClock clock_;
    test::FakeRandom random_;
    test::MemoryKeyMaterialStore keys_;
    std::unique_ptr<crypto::Keyring> keyring_ =
        crypto::Keyring::open(Secret{std::string(32, 'k')}, keys_, clock_, random_).value();
    access::ProofOfWork proofs_{*keyring_, random_};
    access::Challenge challenge_ = proofs_.challenge(kNewcomer, clock_.now());
    std::uint64_t solution_ = 0;
};

World& world()
{
    static World one;
    return one;
}

/// `edit`: a place, a byte and what follows: the good proof with that put over it. Otherwise the text itself.
std::string edited(std::string_view edit)
{
    auto proof = world().good();
    if (edit.size() < 2) return proof;
    const auto at = static_cast<unsigned char>(edit[0]) % proof.size();
    proof.replace(at, edit.size() - 1, edit.substr(1));
    return proof;
}

void check_proof(const std::string& text)
{
    const auto proof = world().proofs().check(kNewcomer, text, world().now());
    if (!proof) {
        require(proof.error().code == ErrorCode::ChallengeRequired, "a refusal asks for a proof");
        return;
    }
    const auto good = world().good();
    require(text.substr(0, text.find('.')) == good.substr(0, good.find('.')),
            "only a challenge of ours opens a login");
    require(access::leading_zero_bits(crypto::sha256(text)) >= access::ProofOfWork::kBitsMin,
            "only a solved one");
    require(!world().proofs().check({"prj_2", kNewcomer.network}, text, world().now()),
            "of this project");
    require(!world().proofs().check(kNewcomer, text, world().now() + std::chrono::hours{1}),
            "in time");
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto text = accessd::fuzz::to_view(data, size);
    accessd::fuzz::check_proof(std::string{text});
    accessd::fuzz::check_proof(accessd::fuzz::edited(text));
    return 0;
}
