#include "app/master_key.h"

#include "base/encoding.h"
#include "support/fakes.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace accessd::app {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kVariable = "ACCESSD_MASTER_KEY";

class MasterKeyTest : public testing::Test {
protected:
    void SetUp() override
    {
        unsetenv(kVariable);
        config_.store.data_dir = folder_.path();
    }
    void TearDown() override { unsetenv(kVariable); }

    /// What reading says about a file with this text.
    std::string refusal_of(std::string_view text)
    {
        EXPECT_EQ(chmod(folder_.write("master.key", text).c_str(), 0600), 0);
        const auto key = read_master_key(config_);
        return key ? "accepted" : key.error().message;
    }

    test::TempFolder folder_;
    test::FakeRandom random_;
    config::Config config_;
    const std::string key_ = std::string(31, 'k') + '\0';
};

TEST_F(MasterKeyTest, ReadsBackTheKeyItMade)
{
    const auto made = make_master_key(config_.master_key_file(), random_);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->reveal().size(), 32U);

    const auto read = read_master_key(config_);

    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->reveal(), made->reveal());
}

TEST_F(MasterKeyTest, MakesAFileForItsOwnerOnly)
{
    const auto before = umask(0);
    const auto made = make_master_key(config_.master_key_file(), random_);
    umask(before);
    ASSERT_TRUE(made);

    struct stat status {};
    ASSERT_EQ(stat(config_.master_key_file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
    EXPECT_EQ(folder_.read("master.key"), to_base64url(made->reveal()) + "\n");
}

TEST_F(MasterKeyTest, NeverReplacesAKey)
{
    folder_.write("master.key", "old");

    const auto made = make_master_key(config_.master_key_file(), random_);

    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::Conflict);
    EXPECT_EQ(folder_.read("master.key"), "old");
}

TEST_F(MasterKeyTest, SaysThatTheFolderOfTheFileMustExist)
{
    const auto made = make_master_key(folder_.path("none/master.key"), random_);

    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message, HasSubstr("Its folder must exist"));
}

TEST_F(MasterKeyTest, RefusesAFileThatOthersCanReadWithTheCommandThatClosesIt)
{
    for (const mode_t mode : {0640U, 0604U, 0620U, 0601U}) {
        const auto file = folder_.write("master.key", to_base64url(key_));
        chmod(file.c_str(), mode);

        const auto read = read_master_key(config_);

        ASSERT_FALSE(read) << mode;
        EXPECT_THAT(read.error().message, HasSubstr("chmod 600 " + file));
    }
}

TEST_F(MasterKeyTest, TakesAFileThatOnlyItsOwnerCanRead)
{
    chmod(folder_.write("master.key", to_base64url(key_) + "\n").c_str(), 0400);

    const auto read = read_master_key(config_);

    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->reveal(), key_);
}

TEST_F(MasterKeyTest, RefusesWhatIsntAKeyWithoutRepeatingIt)
{
    const auto whole = to_base64url(key_);
    const std::vector<std::pair<std::string, std::string>> texts{
        {"empty", ""},
        {"short", whole.substr(0, 42)},
        {"31 bytes", to_base64url(key_.substr(0, 31))},
        {"33 bytes", to_base64url(key_ + "x")},
        {"padded", whole + "="},
        {"two lines", whole + "\n" + whole},
        {"longer than the buffer", std::string(300, 'A')},
        {"other alphabet", std::string(42, '+') + "A"}};
    for (const auto& [name, text] : texts) {
        const auto refusal = refusal_of(text);
        EXPECT_THAT(refusal, HasSubstr("master.key doesn't hold a master key")) << name;
        EXPECT_TRUE(text.empty() || refusal.find(text) == std::string::npos) << name;
    }
    EXPECT_EQ(refusal_of(whole), "accepted");
}

TEST_F(MasterKeyTest, SaysHowToGetAFileThatIsMissing)
{
    const auto read = read_master_key(config_);

    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::Internal);
    EXPECT_THAT(read.error().message, HasSubstr("run: accessd init"));
}

TEST_F(MasterKeyTest, RefusesAPipeInTheFilesPlaceWithoutWaiting)
{
    ASSERT_EQ(mkfifo(config_.master_key_file().c_str(), 0600), 0);

    const auto read = read_master_key(config_);

    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message, HasSubstr("not a regular file"));
}

TEST_F(MasterKeyTest, LetsTheVariableWinOverTheFile)
{
    ASSERT_TRUE(make_master_key(config_.master_key_file(), random_));
    setenv(kVariable, to_base64url(key_).c_str(), 1);

    const auto read = read_master_key(config_);

    ASSERT_TRUE(read);
    EXPECT_EQ(read->reveal(), key_);
}

TEST_F(MasterKeyTest, RefusesAVariableThatHoldsNoKeyInsteadOfTakingTheFile)
{
    ASSERT_TRUE(make_master_key(config_.master_key_file(), random_));
    for (const auto* text : {"", "hunter2"}) {
        setenv(kVariable, text, 1);

        const auto read = read_master_key(config_);

        ASSERT_FALSE(read);
        EXPECT_THAT(read.error().message, HasSubstr("ACCESSD_MASTER_KEY doesn't hold"));
        EXPECT_THAT(read.error().message, Not(HasSubstr("hunter2")));
    }
}

}  // namespace
}  // namespace accessd::app
