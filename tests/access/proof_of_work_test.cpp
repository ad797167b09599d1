#include "access/proof_of_work.h"

#include "crypto/hash.h"
#include "support/fakes.h"
#include "support/memory_key_stores.h"

#include <gtest/gtest.h>

#include <variant>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;

class ProofOfWorkTest : public testing::Test {
protected:
    ProofOfWorkTest()
    {
        keyring_ =
            crypto::Keyring::open(Secret{std::string(32, 'k')}, material_, clock_, random_).value();
        work_ = std::make_unique<access::ProofOfWork>(*keyring_, random_);
    }

    access::Challenge challenge() { return work_->challenge(ana_, clock_.now()); }

    static std::string solve(const access::Challenge& challenge, int start = 0)
    {
        for (int i = start;; ++i) {
            auto proof = challenge.challenge + "." + std::to_string(i);
            if (access::leading_zero_bits(crypto::sha256(proof)) >= challenge.difficulty) {
                return proof;
            }
        }
    }

    /// The reason of a refusal; "ok" if there is none.
    std::string check(const std::string& proof) { return check(proof, ana_); }
    std::string check(const std::string& proof, const access::Newcomer& newcomer)
    {
        const auto checked = work_->check(newcomer, proof, clock_.now());
        if (checked) return "ok";
        EXPECT_EQ(checked.error().code, ErrorCode::ChallengeRequired);
        return std::get<std::string>(checked.error().details.at(0).second);
    }

    FakeClock clock_;
    FakeRandom random_;
    MemoryKeyMaterialStore material_;
    std::unique_ptr<crypto::Keyring> keyring_;
    std::unique_ptr<access::ProofOfWork> work_;
    const access::Newcomer ana_{"prj_1", "192.0.2.1"};
};

TEST(LeadingZeroBits, CountsThem)
{
    EXPECT_EQ(access::leading_zero_bits(std::string("\xff", 1)), 0);
    EXPECT_EQ(access::leading_zero_bits(std::string("\x01\xff", 2)), 7);
    EXPECT_EQ(access::leading_zero_bits(std::string("\x00\x10", 2)), 11);
    EXPECT_EQ(access::leading_zero_bits(std::string(32, '\0')), 256);
}

TEST_F(ProofOfWorkTest, AcceptsASolution) { EXPECT_EQ(check(solve(challenge())), "ok"); }

TEST_F(ProofOfWorkTest, NamesASolvedChallengeOnceWhateverItsSolution)
{
    const auto one = challenge();
    const auto first = solve(one);
    const auto number = std::stoi(first.substr(first.find('.') + 1));
    const auto second = solve(one, number + 1);
    ASSERT_NE(first, second);

    EXPECT_EQ(work_->check(ana_, first, clock_.now())->id,
              work_->check(ana_, second, clock_.now())->id);
    EXPECT_NE(work_->check(ana_, first, clock_.now())->id,
              work_->check(ana_, solve(challenge()), clock_.now())->id);
}

TEST_F(ProofOfWorkTest, RefusesWhatItDidNotMake)
{
    const auto good = challenge();
    auto cheaper = good;
    cheaper.challenge.replace(0, 4,
                              "1~1~");  // "1~15~...": an easier one, with the HMAC of the other.
    cheaper.difficulty = 1;
    auto longer = good;
    const auto expiry = std::to_string(unix_millis(good.expires_at));
    const auto later = std::to_string(unix_millis(good.expires_at + 3600s));
    longer.challenge.replace(longer.challenge.find(expiry), expiry.size(), later);

    for (const auto& proof : {solve(cheaper), solve(longer), good.challenge, good.challenge + ".",
                              good.challenge + ". ", good.challenge + "." + std::string(33, 'a'),
                              std::string{"x"}, std::string{"~~~~.1"}, std::string(5000, 'a'),
                              std::string{"1~15~99999999999999999999~a~b.1"}}) {
        EXPECT_EQ(check(proof), "malformed") << proof.substr(0, 100);
    }
    EXPECT_EQ(check(""), "missing");
}

TEST_F(ProofOfWorkTest, RefusesAWrongSolution)
{
    const auto one = challenge();
    int i = 0;
    while (access::leading_zero_bits(crypto::sha256(one.challenge + "." + std::to_string(i))) >=
           one.difficulty) {
        ++i;
    }
    EXPECT_EQ(check(one.challenge + "." + std::to_string(i)), "wrong");
}

TEST_F(ProofOfWorkTest, BindsAChallengeToItsProjectAndTime)
{
    const auto proof = solve(challenge());

    EXPECT_EQ(check(proof, {"prj_2", ana_.network}), "malformed");
    clock_.advance(access::ProofOfWork::kLife - 1ms);
    EXPECT_EQ(check(proof), "ok");
    clock_.advance(1ms);
    EXPECT_EQ(check(proof), "expired");
}

TEST_F(ProofOfWorkTest, SurvivesANewPepper)
{
    const auto proof = solve(challenge());
    clock_.advance(1s);
    ASSERT_TRUE(keyring_->rotate(1s));

    EXPECT_EQ(check(proof), "ok");
}

TEST_F(ProofOfWorkTest, RisesWithTheUseOfANetworkAndFalls)
{
    EXPECT_EQ(challenge().difficulty, access::ProofOfWork::kBitsMin);
    for (int i = 0; i < 12; ++i) work_->spent(ana_, clock_.now());

    EXPECT_EQ(challenge().difficulty, access::ProofOfWork::kBitsMin + 3);
    EXPECT_EQ(work_->challenge({"prj_1", "192.0.2.2"}, clock_.now()).difficulty,
              access::ProofOfWork::kBitsMin);
    for (int i = 0; i < 1000; ++i) work_->spent(ana_, clock_.now());
    EXPECT_EQ(challenge().difficulty, access::ProofOfWork::kBitsMax);

    clock_.advance(4h);
    EXPECT_EQ(challenge().difficulty, access::ProofOfWork::kBitsMin);
}

TEST_F(ProofOfWorkTest, RisesWithACrowdOfManyNetworks)
{
    for (int i = 0; i < 800; ++i) {
        work_->spent({"prj_1", "net " + std::to_string(i)}, clock_.now());
    }

    EXPECT_EQ(challenge().difficulty, access::ProofOfWork::kBitsMin + 3);
    // Another project's pay for a crowd of the whole server alone.
    EXPECT_EQ(work_->challenge({"prj_2", "net"}, clock_.now()).difficulty,
              access::ProofOfWork::kBitsMin + 1);
}

TEST_F(ProofOfWorkTest, TakesNoChallengesCollectedWhileTheyWereCheap)
{
    const auto cheap = solve(challenge());
    for (int i = 0; i < 8; ++i) work_->spent(ana_, clock_.now());
    EXPECT_EQ(check(cheap), "ok");  // A price that rose a little meanwhile is no fault of theirs.

    for (int i = 0; i < 4; ++i) work_->spent(ana_, clock_.now());

    EXPECT_EQ(check(cheap), "too_easy");
}

}  // namespace
}  // namespace accessd::test
