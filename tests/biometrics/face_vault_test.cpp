#include "biometrics/face_vault.h"

#include "biometrics/template_bytes.h"
#include "support/fakes.h"
#include "support/memory_key_stores.h"

#include <gtest/gtest.h>

namespace accessd::test {
namespace {

class FaceVaultTest : public testing::Test {
protected:
    FakeClock clock_;
    FakeRandom random_;
    MemoryKeyMaterialStore keys_;
    std::unique_ptr<crypto::Keyring> keyring_ =
        crypto::Keyring::open(Secret{std::string(32, 'k')}, keys_, clock_, random_).value();
    biometrics::FaceVault vault_{*keyring_, random_};
    face::Template known_{"model-1", {{0.5F, -0.25F}, {1.0F, 0.0F}}, {0.75F, -0.125F}};
};

TEST_F(FaceVaultTest, OpensWhatItSealed)
{
    const auto key = vault_.open(vault_.make_key(clock_.now())).value();

    const auto opened =
        vault_.open_template(vault_.seal(known_, key, "face_1"), key, "face_1").value();

    EXPECT_EQ(opened.model, known_.model);
    EXPECT_EQ(opened.embeddings, known_.embeddings);
    EXPECT_EQ(opened.mean, known_.mean);
}

TEST_F(FaceVaultTest, OpensNothingUnderAnotherPersonsKeyOrInAnotherPlace)
{
    const auto key = vault_.open(vault_.make_key(clock_.now())).value();
    const auto others = vault_.open(vault_.make_key(clock_.now())).value();
    auto sealed = vault_.seal(known_, key, "face_1");

    EXPECT_FALSE(vault_.open_template(sealed, others, "face_1"));
    EXPECT_FALSE(vault_.open_template(sealed, key, "face_2"));
    sealed.back() = static_cast<char>(sealed.back() ^ 1);
    EXPECT_FALSE(vault_.open_template(sealed, key, "face_1"));
}

TEST_F(FaceVaultTest, OpensNoKeyThatWasMovedToAnotherPerson)
{
    auto key = vault_.make_key(clock_.now());
    key.id = vault_.make_key(clock_.now()).id;

    EXPECT_FALSE(vault_.open(key));
}

TEST_F(FaceVaultTest, DigestsPicturesByProject)
{
    const auto one = vault_.open_digest_key(vault_.make_digest_key("prj_1"), "prj_1").value();
    const auto other = vault_.open_digest_key(vault_.make_digest_key("prj_2"), "prj_2").value();

    EXPECT_EQ(biometrics::FaceVault::digest_of("picture", one),
              biometrics::FaceVault::digest_of("picture", one));
    EXPECT_NE(biometrics::FaceVault::digest_of("picture", one),
              biometrics::FaceVault::digest_of("picture", other));
}

TEST(TemplateBytesTest, RefusesWhatIsCutOrNotOurs)
{
    const auto whole = biometrics::to_bytes({"m", {{1, 2}}, {1, 2}});
    ASSERT_TRUE(biometrics::template_of(whole));

    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_FALSE(biometrics::template_of(std::string_view{whole}.substr(0, length))) << length;
    }
    EXPECT_FALSE(biometrics::template_of(whole + "x"));
    auto huge = whole;
    huge[4] = '\xff';  // The length of the model's name.
    EXPECT_FALSE(biometrics::template_of(huge));
}

}  // namespace
}  // namespace accessd::test
