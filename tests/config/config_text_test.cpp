#include "config/config_text.h"

#include "config/load.h"
#include "config/setting_table.h"
#include "config/value_rules.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

namespace accessd::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ConfigTextTest : public testing::Test {
protected:
    Loaded load_text(std::string_view text)
    {
        return load({folder_.write("a.toml", text), {}, {}});
    }

    static void expect_equal(const Config& actual, const Config& expected)
    {
        for (const auto& setting : settings()) {
            EXPECT_EQ(setting.get(actual), setting.get(expected)) << setting.name();
        }
    }

    /// Differs from the defaults in each type of value.
    Config unusual()
    {
        Config config;
        config.server.address = "::";
        config.server.port = 443;
        config.server.public_url = "https://login.example.com";
        config.server.docs = true;
        config.server.write_timeout = std::chrono::seconds{31};
        config.store.data_dir = "a \"quoted\\path\" \xc3\xa9 # no comment";
        config.smtp.security = Smtp::Security::Tls;
        config.smtp.from_name = "Ana's";
        config.log.format = log::Format::Json;
        return config;
    }

    test::TempFolder folder_;
};

TEST_F(ConfigTextTest, PrintsWhatLoadsBackToTheSameValues)
{
    for (const auto& config : {Config{}, unusual()}) {
        const auto loaded = load_text(effective_toml(config, {}));

        ASSERT_THAT(loaded.problems, IsEmpty());
        expect_equal(loaded.config, config);
    }
}

TEST_F(ConfigTextTest, PrintsEverySettingOnce)
{
    const auto loaded = load_text(effective_toml(Config{}, {}));

    EXPECT_EQ(loaded.origins.size(), settings().size());
}

TEST_F(ConfigTextTest, PrintsStarsForASecret)
{
    Config config;
    config.smtp.password = Secret{"hunter2"};

    const auto text = effective_toml(config, {});

    EXPECT_THAT(text, HasSubstr("password = \"***\""));
    EXPECT_THAT(text, Not(HasSubstr("hunter2")));
}

TEST_F(ConfigTextTest, PrintsTheFileOfASecretInPlaceOfIt)
{
    const auto file = folder_.write("password", "hunter2\n");
    const auto loaded = load_text("smtp.user = 'u'\nsmtp.password_file = '" + file + "'");

    const auto again = load_text(effective_toml(loaded.config, loaded.origins));

    ASSERT_THAT(again.problems, IsEmpty());
    EXPECT_EQ(again.config.smtp.password.reveal(), "hunter2");
}

TEST_F(ConfigTextTest, SaysWhereAValueComesFrom)
{
    const auto text = effective_toml(Config{}, {{"server.port", "odd\nname.toml:3"}});

    EXPECT_THAT(text, HasSubstr("\nport = 8080  # odd?name.toml:3\n"));
    EXPECT_THAT(load_text(text).problems, IsEmpty());
}

TEST_F(ConfigTextTest, WritesAFileThatChangesNothing)
{
    const auto loaded = load_text(commented_toml(Config{}));

    ASSERT_THAT(loaded.problems, IsEmpty());
    EXPECT_THAT(loaded.origins, IsEmpty());
    expect_equal(loaded.config, Config{});
}

TEST_F(ConfigTextTest, WritesAFileWhoseCommentsTakenAwayAreTheDefaults)
{
    const auto text = commented_toml(Config{});
    const auto live = std::regex_replace(text, std::regex{"\n#([a-z])"}, "\n$1");

    const auto loaded = load_text(live);

    ASSERT_THAT(loaded.problems, IsEmpty());
    EXPECT_EQ(loaded.origins.size(), settings().size());
    expect_equal(loaded.config, Config{});
}

TEST_F(ConfigTextTest, WritesLinesThatFitAScreen)
{
    const auto text = commented_toml(Config{});
    for (std::size_t start = 0; start < text.size();) {
        const auto end = text.find('\n', start);
        EXPECT_LE(end - start, 96U) << text.substr(start, end - start);
        start = end + 1;
    }
}

TEST_F(ConfigTextTest, WritesWhatDiffersFromTheDefaultsAsSettings)
{
    const auto loaded = load_text(commented_toml(unusual()));

    ASSERT_THAT(loaded.problems, IsEmpty());
    expect_equal(loaded.config, unusual());
    EXPECT_FALSE(loaded.origins.contains("server.workers"));
}

TEST_F(ConfigTextTest, ExplainsEverySettingInTheReference)
{
    const auto page = reference_markdown();

    for (const auto& setting : settings()) {
        EXPECT_THAT(page, HasSubstr("| `" + std::string{setting.key} + "` | `" +
                                    to_toml(setting.default_value()) + "` | "));
    }
    EXPECT_THAT(page, HasSubstr("Secret: never printed."));
}

}  // namespace
}  // namespace accessd::config
