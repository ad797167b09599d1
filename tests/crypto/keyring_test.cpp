#include "crypto/keyring.h"

#include "support/fakes.h"
#include "support/memory_key_stores.h"

#include <gtest/gtest.h>

namespace accessd::crypto {
namespace {

class KeyringTest : public testing::Test {
protected:
    std::unique_ptr<Keyring> open()
    {
        auto keyring = Keyring::open(master_key_, store_, clock_, random_);
        EXPECT_TRUE(keyring) << keyring.error().detail;
        return std::move(*keyring);
    }

    test::FakeClock clock_;
    test::FakeRandom random_;
    test::MemoryKeyMaterialStore store_;
    Secret master_key_{std::string(32, 'm')};
    std::unique_ptr<Keyring> keyring_ = open();
};

TEST_F(KeyringTest, OpensWhatItSealedAlsoAfterARestart)
{
    const auto sealed = keyring_->seal("secret", "code:1");

    EXPECT_EQ(open()->unseal(sealed, "code:1")->reveal(), "secret");
    EXPECT_EQ(sealed.find("secret"), std::string::npos);
}

TEST_F(KeyringTest, SealsTheSameTextDifferentlyEachTime)
{
    EXPECT_NE(keyring_->seal("secret", "code:1"), keyring_->seal("secret", "code:1"));
}

TEST_F(KeyringTest, RefusesAnotherContext)
{
    EXPECT_FALSE(keyring_->unseal(keyring_->seal("secret", "code:1"), "code:2"));
}

TEST_F(KeyringTest, RefusesEveryChangedByteAndEveryShorterText)
{
    const auto sealed = keyring_->seal("secret", "code:1");
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(keyring_->unseal(changed, "code:1")) << i;
        EXPECT_FALSE(keyring_->unseal(sealed.substr(0, i), "code:1")) << i;
    }
}

TEST_F(KeyringTest, RefusesToStartWithAnotherMasterKey)
{
    const auto other = Keyring::open(Secret{std::string(32, 'x')}, store_, clock_, random_);

    ASSERT_FALSE(other);
    EXPECT_NE(other.error().detail.find("master key"), std::string::npos);
}

TEST_F(KeyringTest, OpensWithANewMasterKeyAloneOnceItIsWrappedAnew)
{
    const auto sealed = keyring_->seal("secret", "code:1");
    const auto digest = keyring_->digest_code("val_1", "123456").digest;
    const Secret new_key{std::string(32, 'n')};

    ASSERT_TRUE(keyring_->rewrap(new_key));

    EXPECT_FALSE(Keyring::open(master_key_, store_, clock_, random_));
    const auto opened = Keyring::open(new_key, store_, clock_, random_);
    ASSERT_TRUE(opened);
    EXPECT_EQ((*opened)->unseal(sealed, "code:1")->reveal(), "secret");
    EXPECT_EQ((*opened)->digest_code("val_1", "123456").digest, digest);
    for (const auto& key : store_.keys) EXPECT_EQ(key.master_id, Keyring::id_of(new_key));
    clock_.advance(std::chrono::hours{1000});
    EXPECT_TRUE(keyring_->rotate(std::chrono::hours{1})) << "it goes on with the new one";
    EXPECT_TRUE(Keyring::open(new_key, store_, clock_, random_));
}

TEST_F(KeyringTest, KeepsNoKeyInClear)
{
    const auto plain = keyring_->digest_code("val_1", "123456").digest;
    for (const auto& key : store_.keys) {
        EXPECT_EQ(key.wrapped.find(std::string(32, 'm')), std::string::npos);
        EXPECT_GT(key.wrapped.size(), 32U + 16U);  // More than the bare key: salt, nonce and tag.
    }
    EXPECT_EQ(plain.size(), 32U);
}

TEST_F(KeyringTest, DigestsDependOnValidationAndCode)
{
    const auto digest = keyring_->digest_code("val_1", "123456").digest;

    EXPECT_EQ(keyring_->digest_code("val_1", "123456").digest, digest);
    EXPECT_NE(keyring_->digest_code("val_2", "123456").digest, digest);
    EXPECT_NE(keyring_->digest_code("val_1", "123457").digest, digest);
    EXPECT_NE(keyring_->digest_code("val_11", "23456").digest, digest);
}

TEST_F(KeyringTest, VerifiesOldCodesWhileThePepperRotates)
{
    const auto before = keyring_->digest_code("val_1", "123456");
    clock_.advance(std::chrono::hours{24 * 31});
    ASSERT_TRUE(keyring_->rotate(std::chrono::hours{24 * 30}));

    // Other nodes may not know it yet.
    EXPECT_EQ(keyring_->digest_code("val_1", "123456").digest, before.digest);
    clock_.advance(Keyring::kPepperAhead);
    const auto after = keyring_->digest_code("val_1", "123456");
    const auto candidates = keyring_->candidate_digests("val_1", "123456");

    EXPECT_NE(after.pepper_version, before.pepper_version);
    EXPECT_NE(after.digest, before.digest);
    ASSERT_EQ(candidates.size(), 2U);
    EXPECT_EQ(candidates[0].digest, before.digest);
    EXPECT_EQ(candidates[1].digest, after.digest);
}

TEST_F(KeyringTest, ForgetsAReplacedPepperWhenNoCodeCanUseItAnyMore)
{
    const auto life = std::chrono::hours{24 * 30};
    clock_.advance(life);
    ASSERT_TRUE(keyring_->rotate(life));
    clock_.advance(Keyring::kPepperGrace - std::chrono::seconds{1});
    ASSERT_TRUE(keyring_->rotate(life));
    EXPECT_EQ(keyring_->candidate_digests("v", "1").size(), 2U);

    clock_.advance(std::chrono::seconds{1});
    ASSERT_TRUE(keyring_->rotate(life));

    EXPECT_EQ(keyring_->candidate_digests("v", "1").size(), 1U);
}

TEST_F(KeyringTest, TakesInThePepperOfAnotherNode)
{
    auto other = open();
    clock_.advance(std::chrono::hours{24 * 31});
    ASSERT_TRUE(other->rotate(std::chrono::hours{24 * 30}));
    ASSERT_TRUE(keyring_->rotate(std::chrono::hours{24 * 30}));

    EXPECT_EQ(keyring_->digest_code("v", "1").digest, other->digest_code("v", "1").digest);
}

}  // namespace
}  // namespace accessd::crypto
