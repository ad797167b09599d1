#include "config/setting_table.h"

#include "config/value_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace accessd::config {
namespace {

using namespace std::chrono_literals;

TEST(SettingTableTest, AcceptsEveryDefaultOfTheStructs)
{
    for (const auto& setting : settings()) {
        EXPECT_TRUE(is_accepted(setting, setting.default_value()))
            << setting.name() << " = " << to_toml(setting.default_value());
    }
}

TEST(SettingTableTest, NamesTheDefaultsOfTheStructs)
{
    const auto text_of = [](std::string_view section, std::string_view key) {
        return to_toml(find_setting(section, key)->default_value());
    };
    EXPECT_EQ(text_of("server", "port"), std::to_string(Server{}.port));
    EXPECT_EQ(text_of("server", "bodies_bytes_max"), std::to_string(Server{}.bodies_bytes_max));
    EXPECT_EQ(text_of("server", "keep_alive_timeout_seconds"),
              std::to_string(Server{}.keep_alive_timeout / 1s));
    EXPECT_EQ(text_of("tokens", "signing_key_life_seconds"),
              std::to_string(Tokens{}.signing_key_life / 1s));
    EXPECT_EQ(text_of("smtp", "security"), "\"starttls\"");
    EXPECT_EQ(text_of("log", "level"), "\"info\"");
    EXPECT_EQ(text_of("store", "data_dir"), "\"" + Store{}.data_dir + "\"");
}

/// Another value than the default, within the rule.
Value other_value(const Setting& setting)
{
    switch (setting.kind) {
    case Kind::YesNo: return !std::get<bool>(setting.default_value());
    case Kind::Whole:
        return setting.default_value() == Value{setting.max} ? setting.min : setting.max;
    case Kind::Choice: return std::string{setting.choices.at(2 % setting.choices.size())};
    case Kind::IpAddress: return "10.1.2.3";
    case Kind::Host: return "mail.example.com";
    case Kind::Origin: return "https://login.example.com";
    case Kind::EmailAddress: return "codes@example.com";
    case Kind::Folders: return std::vector<std::string>{"/srv/shop"};
    case Kind::Networks: return std::vector<std::string>{"10.0.0.0/8", "::1"};
    case Kind::Text:
    case Kind::Path:
    case Kind::ExistingFile: return "some text";
    }
    return {};
}

TEST(SettingTableTest, LetsEachSettingChangeItselfAndNoOther)
{
    for (const auto& setting : settings()) {
        Config config;
        auto value = other_value(setting);
        if (value == setting.default_value()) value = std::string{setting.choices.at(1)};
        ASSERT_TRUE(is_accepted(setting, value)) << setting.name();

        setting.set(config, value);

        for (const auto& checked : settings()) {
            const auto expected = &checked == &setting ? value : checked.default_value();
            EXPECT_EQ(checked.get(config), expected) << setting.name() << ", " << checked.name();
        }
    }
}

TEST(SettingTableTest, RefusesWhatLiesJustOutsideOfARange)
{
    for (const auto& setting : settings()) {
        if (setting.kind != Kind::Whole) continue;
        EXPECT_TRUE(is_accepted(setting, setting.min)) << setting.name();
        EXPECT_TRUE(is_accepted(setting, setting.max)) << setting.name();
        EXPECT_FALSE(is_accepted(setting, setting.min - 1)) << setting.name();
        EXPECT_FALSE(is_accepted(setting, setting.max + 1)) << setting.name();
    }
}

TEST(SettingTableTest, HasAUniqueNameAndAnExplanationForEachSetting)
{
    std::set<std::string> names;
    std::set<std::string> variables;
    for (const auto& setting : settings()) {
        EXPECT_TRUE(names.insert(setting.name()).second) << setting.name();
        EXPECT_TRUE(variables.insert(setting.variable()).second) << setting.variable();
        EXPECT_TRUE(setting.help.ends_with('.')) << setting.name();
        EXPECT_NE(find_section(setting.section), nullptr) << setting.name();
        EXPECT_EQ(setting.unit == "seconds", setting.key.ends_with("_seconds")) << setting.name();
    }
}

}  // namespace
}  // namespace accessd::config
