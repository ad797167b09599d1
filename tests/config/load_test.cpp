#include "config/load.h"

#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <ostream>

namespace accessd::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class LoadTest : public testing::Test {
protected:
    Loaded load_text(std::string_view text, Environment environment = {},
                     std::vector<Flag> flags = {})
    {
        return load(
            {folder_.write("accessd.toml", text), std::move(environment), std::move(flags)});
    }

    /// Problems as people read them, without the folder of the file.
    std::vector<std::string> texts(const std::vector<Problem>& problems)
    {
        std::vector<std::string> lines;
        for (const auto& problem : problems) {
            auto line = to_text(problem);
            if (line.starts_with(folder_.path())) line.erase(0, folder_.path().size() + 1);
            lines.push_back(std::move(line));
        }
        return lines;
    }

    std::vector<std::string> problems_of(std::string_view text, Environment environment = {})
    {
        return texts(load_text(text, std::move(environment)).problems);
    }

    test::TempFolder folder_;
};

TEST_F(LoadTest, GivesTheDefaultsWithoutAnySource)
{
    const auto loaded = load({});

    EXPECT_THAT(loaded.problems, IsEmpty());
    EXPECT_THAT(loaded.warnings, IsEmpty());
    EXPECT_THAT(loaded.origins, IsEmpty());
    EXPECT_EQ(loaded.config.server.port, Server{}.port);
}

TEST_F(LoadTest, ReadsEveryTypeOfValue)
{
    const auto loaded = load_text(R"(
        [server]
        address = "::1"
        port = 8_081
        docs = true
        header_timeout_seconds = 7
        [smtp]
        security = "tls"
        [log]
        level = "warn"
        format = "json"
    )");

    ASSERT_THAT(texts(loaded.problems), IsEmpty());
    EXPECT_EQ(loaded.config.server.address, "::1");
    EXPECT_EQ(loaded.config.server.port, 8081);
    EXPECT_TRUE(loaded.config.server.docs);
    EXPECT_EQ(loaded.config.server.header_timeout, std::chrono::seconds{7});
    EXPECT_EQ(loaded.config.smtp.security, Smtp::Security::Tls);
    EXPECT_EQ(loaded.config.log.level, log::Level::Warn);
    EXPECT_EQ(loaded.config.log.format, log::Format::Json);
}

TEST_F(LoadTest, LetsTheEnvironmentWinOverTheFileAndFlagsOverBoth)
{
    const auto text = "[server]\nport = 1001\nworkers = 11\n[store]\ndata_dir = 'of-file'\n";
    const Environment environment{{"ACCESSD_SERVER_PORT", "1002"},
                                  {"ACCESSD_STORE_DATA_DIR", "of-environment"}};

    const auto loaded = load_text(text, environment, {{"--port", "server.port", "1003"}});

    ASSERT_THAT(texts(loaded.problems), IsEmpty());
    EXPECT_EQ(loaded.config.server.workers, 11);
    EXPECT_EQ(loaded.config.store.data_dir, "of-environment");
    EXPECT_EQ(loaded.config.server.port, 1003);
    EXPECT_EQ(loaded.origins.at("server.workers"), folder_.path("accessd.toml") + ":3");
    EXPECT_EQ(loaded.origins.at("store.data_dir"), "ACCESSD_STORE_DATA_DIR");
    EXPECT_EQ(loaded.origins.at("server.port"), "--port");
}

TEST_F(LoadTest, ReportsAllProblemsAtOnceInTheOrderOfTheFile)
{
    const auto problems = problems_of("[server]\n"
                                      "workers = 0\n"
                                      "prot = 80\n"
                                      "docs = 'yes'\n"
                                      "[sever]\n"
                                      "x = 1\n"
                                      "[smtp]\n"
                                      "host = 'mail.example.com'\n",
                                      {{"ACCESSD_LOG_LEVEL", "loud"}});

    EXPECT_THAT(
        problems,
        ElementsAre("accessd.toml:2: server.workers = 0: must be a whole number from 1 to 1024",
                    "accessd.toml:3: server.prot: there is no such setting; did you mean "
                    "server.port?",
                    "accessd.toml:4: server.docs = \"yes\": must be true or false",
                    "accessd.toml:5: [sever]: there is no such section; did you mean [server]?",
                    "ACCESSD_LOG_LEVEL: log.level = \"loud\": must be one of \"debug\", \"info\", "
                    "\"warn\", \"error\"",
                    AllOf(HasSubstr("accessd.toml:8: smtp.from: is missing"))));
}

struct BadText {
    std::string name;
    std::string text;
    std::string expected;  ///< Part of the only problem.
};
std::ostream& operator<<(std::ostream& out, const BadText& bad) { return out << bad.text; }

std::string name_of(const testing::TestParamInfo<BadText>& info) { return info.param.name; }

class BadFileTest : public LoadTest, public testing::WithParamInterface<BadText> {};

TEST_P(BadFileTest, IsRefusedWithItsReason)
{
    EXPECT_THAT(problems_of(GetParam().text), ElementsAre(HasSubstr(GetParam().expected)));
}

INSTANTIATE_TEST_SUITE_P(
    Values, BadFileTest,
    testing::Values(
        BadText{"NoToml", "[server]\nport = = 1", "accessd.toml:2: is not TOML: "},
        BadText{"NoKeyForATable", "[server]\nport = 1\n[=smtp]", "accessd.toml:3: is not TOML: "},
        BadText{"AControlCharacterForATable", "\n[\x1e]", "accessd.toml:2: is not TOML: "},
        BadText{"NoTable", "[server", "accessd.toml:1: is not TOML: "},
        BadText{"NothingBehindADot", "[server.", "accessd.toml:1: is not TOML: "},
        BadText{"TwiceTheSame", "[server]\nport = 1\nport = 2", "accessd.toml:3: is not TOML: "},
        BadText{"PortTooHigh", "server.port = 65536",
                "server.port = 65536: must be a whole number"},
        BadText{"PortNegative", "server.port = -1", "from 0 to 65535"},
        BadText{"NumberAsText", "server.port = '80'", "server.port = \"80\": must be a whole"},
        BadText{"NumberAsFraction", "server.port = 80.5", "= a number with a fraction: must be"},
        BadText{"TextAsNumber", "store.data_dir = 1", "store.data_dir = 1: must be a path"},
        BadText{"ListWithABadNetwork", "server.trusted_proxies = ['10.0.0.0/33']",
                "server.trusted_proxies = [\"10.0.0.0/33\"]: must be a list of IP addresses"},
        BadText{"ListAsText", "server.trusted_proxies = '10.0.0.0/8'",
                "server.trusted_proxies = \"10.0.0.0/8\": must be a list of IP addresses"},
        BadText{"MixedList", "server.trusted_proxies = ['::1', 2]",
                "server.trusted_proxies = a list: must be a list of IP addresses"},
        BadText{"TextAsList", "store.data_dir = ['a']", "store.data_dir = a list: must be a path"},
        BadText{"TextAsTable", "store.data_dir.x = 'a'", "store.data_dir = a table: must be"},
        BadText{"TextEmpty", "store.data_dir = ''", "must be a path"},
        BadText{"TextOfTwoLines", "smtp.from_name = \"a\\nb\"", "\"a\\u000ab\": must be text"},
        BadText{"SecondsTooMany", "server.body_timeout_seconds = 3601",
                "a whole number of seconds"},
        BadText{"SecondsWithUnit", "server.body_timeout_seconds = '20s'", "from 1 to 3600"},
        BadText{"UnitForgotten", "server.body_timeout = 20", "server.body_timeout_seconds?"},
        BadText{"HyphenForUnderscore", "server.public-url = 'x'",
                "did you mean server.public_url?"},
        BadText{"KeyOfOtherSection", "server.data_dir = 'x'", "did you mean store.data_dir?"},
        BadText{"KeyLikeNone", "log.qqqqqqqq = 1", "those of [log] are level, format"},
        BadText{"SectionLikeNone", "[qqqqqqqq]", "there are server, store, keys, tokens, smtp"},
        BadText{"SectionOfSections", "[[server]]\nport = 1", "is a section: write [server]"},
        BadText{"OutsideOfSections", "port = 1",
                "did you mean server.port, smtp.port, smtp2.port, smtp3.port?"},
        BadText{"OutsideAndUnknown", "qqqqqqqq = 1", "belong into a section"},
        BadText{"SectionAsValue", "log = 'debug'", "is a section: write [log]"},
        BadText{"AddressAsName", "server.address = 'localhost'", "must be an IP address"},
        BadText{"AddressWithPort", "server.address = '127.0.0.1:80'", "must be an IP address"},
        BadText{"HostAsUrl", "smtp.host = 'smtp://mail'", "must be a host name"},
        BadText{"ChoiceUnknown", "smtp.security = 'ssl'", "one of \"starttls\", \"tls\", \"none\""},
        BadText{"EnvironmentNameAsKey", "server.SERVER_PORT = 1", "there is no such setting"},
        BadText{"SenderWithName", "smtp.from = 'Ana <a@example.com>'", "must be an email address"},
        BadText{"SenderWithoutDomain", "smtp.from = 'ana@'", "must be an email address"},
        BadText{"CertificateWithoutKey", "server.tls_certificate_file = '/dev/null'",
                "server.tls_key_file: is missing"},
        BadText{"KeyWithoutCertificate", "server.tls_key_file = '/dev/null'",
                "server.tls_certificate_file: is missing"},
        BadText{"CertificateMissing",
                "server.tls_certificate_file = '/nowhere/c'\nserver.tls_key_file = '/dev/null'",
                "accessd.toml:1: server.tls_certificate_file = \"/nowhere/c\": there is no such"},
        BadText{"CertificateAsFolder", "smtp.ca_file = '/'", "smtp.ca_file = \"/\": is a folder"},
        BadText{"PortsEqual", "server.port = 90\nserver.operations_port = 90", "must differ"},
        BadText{"SenderMissing", "smtp.host = 'localhost'",
                "accessd.toml:1: smtp.from: is missing"},
        BadText{"PasswordMissing", "smtp.user = 'ana'", "smtp.password: is missing for smtp.user"},
        BadText{"UserMissing", "smtp.password = 'p'", "smtp.user: is missing"},
        BadText{"LeaseTooShort", "smtp.timeout_seconds = 31",
                "accessd.toml:1: delivery.lease_seconds = 60: must be at least twice"},
        BadText{"PasswordInClear",
                "[smtp]\nhost = 'mail.example.com'\nfrom = 'a@example.com'\nuser = 'u'\n"
                "password = 'p'\nsecurity = 'none'",
                "accessd.toml:6: smtp.security = \"none\": would send the password readable"}),
    name_of);

class PublicUrlTest : public LoadTest, public testing::WithParamInterface<BadText> {};

TEST_P(PublicUrlTest, IsRefusedUnlessItIsAnOrigin)
{
    EXPECT_THAT(problems_of("server.public_url = '" + GetParam().text + "'"),
                ElementsAre(HasSubstr("must be http:// or https://")));
}

INSTANTIATE_TEST_SUITE_P(Urls, PublicUrlTest,
                         testing::Values(BadText{"NoScheme", "login.example.com", {}},
                                         BadText{"OtherScheme", "ftp://login.example.com", {}},
                                         BadText{"TrailingSlash", "https://login.example.com/", {}},
                                         BadText{"Path", "https://example.com/login", {}},
                                         BadText{"Query", "https://example.com?x", {}},
                                         BadText{"Credentials", "https://ana@example.com", {}},
                                         BadText{"Capitals", "https://Example.com", {}},
                                         BadText{"NoHost", "https://", {}},
                                         BadText{"NoPort", "https://example.com:", {}},
                                         BadText{"PortZero", "https://example.com:0", {}},
                                         BadText{"PortTooHigh", "https://example.com:65536", {}},
                                         BadText{"OpenBracket", "https://[::1", {}},
                                         BadText{"NameInBrackets", "https://[example.com]", {}},
                                         BadText{"TextBehindBracket", "https://[::1]x:80", {}}),
                         name_of);

TEST_F(LoadTest, TakesEveryFormOfAnOrigin)
{
    for (const std::string url : {"https://login.example.com", "http://localhost:8080",
                                  "https://10.0.0.1:8443", "http://[::1]:8080", "https://[::1]"}) {
        EXPECT_EQ(load_text("server.public_url = '" + url + "'").config.public_url(), url);
    }
}

TEST_F(LoadTest, MakesThePublicUrlOfAddressPortAndTls)
{
    Config config;
    EXPECT_EQ(config.public_url(), "http://127.0.0.1:8080");
    config.server.port = 80;
    EXPECT_EQ(config.public_url(), "http://127.0.0.1");
    config.server.address = "::1";
    config.server.tls_certificate_file = "c.pem";
    EXPECT_EQ(config.public_url(), "https://[::1]:80");
}

TEST_F(LoadTest, PutsTheMasterKeyIntoTheDataFolderUnlessToldOtherwise)
{
    EXPECT_EQ(load_text("store.data_dir = 'd'").config.master_key_file(), "d/master.key");
    EXPECT_EQ(load_text("keys.master_key_file = 'k'").config.master_key_file(), "k");
}

TEST_F(LoadTest, RefusesUnknownVariablesOfKnownSectionsOnly)
{
    const auto problems = problems_of("", {{"ACCESSD_SERVER_PROT", "1"},
                                           {"ACCESSD_MASTER_KEY", "x"},
                                           {"ACCESSD_CONFIG", "x"},
                                           {"ACCESSD_BIN", "x"},
                                           {"ACCESSD_ELSE_PORT", "x"},
                                           {"HOME", "x"}});

    EXPECT_THAT(problems, ElementsAre("ACCESSD_SERVER_PROT: server.prot: there is no such setting; "
                                      "did you mean ACCESSD_SERVER_PORT?"));
}

TEST_F(LoadTest, ReadsListsOfTheFileAndOfTheEnvironment)
{
    using Texts = std::vector<std::string>;
    const auto text = "server.trusted_proxies = ['10.0.0.0/8', '::1']";
    const auto proxies = [&](const Environment& environment) {
        return load_text(text, environment).config.server.trusted_proxies;
    };
    EXPECT_EQ(proxies({}), (Texts{"10.0.0.0/8", "::1"}));
    EXPECT_EQ(proxies({{"ACCESSD_SERVER_TRUSTED_PROXIES", "192.0.2.1, 192.0.2.2"}}),
              (Texts{"192.0.2.1", "192.0.2.2"}));
    EXPECT_EQ(proxies({{"ACCESSD_SERVER_TRUSTED_PROXIES", ""}}), Texts{});
}

TEST_F(LoadTest, ReadsNumbersAndYesOrNoOfTheEnvironmentStrictly)
{
    EXPECT_TRUE(load_text("", {{"ACCESSD_SERVER_DOCS", "true"}}).config.server.docs);
    for (const auto& [variable, text] : Environment{{"ACCESSD_SERVER_DOCS", "1"},
                                                    {"ACCESSD_SERVER_PORT", "80 "},
                                                    {"ACCESSD_SERVER_QUEUE_MAX", "0x10"},
                                                    {"ACCESSD_SERVER_WORKERS", ""}}) {
        EXPECT_THAT(problems_of("", {{variable, text}}),
                    ElementsAre(HasSubstr(variable + ": server.")));
    }
}

TEST_F(LoadTest, NeverShowsSecretsInProblems)
{
    const auto problems = problems_of("[smtp]\npassword = 123456\npasword = 'hunter2'\n",
                                      {{"ACCESSD_SMTP_PASSWORT", "hunter3"}});

    ASSERT_THAT(problems, SizeIs(3));
    for (const auto& problem : problems) {
        EXPECT_THAT(problem, AllOf(Not(HasSubstr("hunter")), Not(HasSubstr("123456"))));
    }
}

TEST_F(LoadTest, ReadsThePasswordFromItsFileWithoutTheEndOfTheLine)
{
    const auto file = folder_.write("password", "p w\r\n");

    const auto loaded = load_text("smtp.user = 'u'\nsmtp.password_file = '" + file + "'");

    ASSERT_THAT(texts(loaded.problems), IsEmpty());
    EXPECT_EQ(loaded.config.smtp.password.reveal(), "p w");
}

TEST_F(LoadTest, RefusesAPasswordFileThatCantServe)
{
    const auto with_file = [&](const std::string& path) {
        return problems_of("smtp.user = 'u'\nsmtp.password_file = '" + path + "'");
    };
    EXPECT_THAT(with_file(folder_.path("none")), ElementsAre(HasSubstr("can't be read: No such")));
    EXPECT_THAT(with_file(folder_.path()), ElementsAre(HasSubstr("Is a directory")));
    EXPECT_THAT(with_file(folder_.write("empty", "\n")), ElementsAre(HasSubstr("must hold the")));
    EXPECT_THAT(with_file(folder_.write("lines", "a\nb\n")), ElementsAre(HasSubstr("must hold")));
    EXPECT_THAT(with_file(folder_.write("long", std::string(5000, 'x'))),
                ElementsAre(HasSubstr("more than 4096 bytes")));
}

TEST_F(LoadTest, RefusesAPasswordBesideAPasswordFile)
{
    const auto file = folder_.write("password", "p\n");

    const auto problems = problems_of("smtp.user = 'u'\nsmtp.password_file = '" + file + "'",
                                      {{"ACCESSD_SMTP_PASSWORD", "q"}});

    EXPECT_THAT(problems,
                ElementsAre(HasSubstr("comes with smtp.password (ACCESSD_SMTP_PASSWORD)")));
}

TEST_F(LoadTest, SendsAPasswordInClearToThisMachineOnly)
{
    for (const std::string host : {"localhost", "127.0.0.1", "::1"}) {
        EXPECT_THAT(problems_of("[smtp]\nhost = '" + host +
                                "'\nfrom = 'a@example.com'\nuser = 'u'\npassword = 'p'\n"
                                "security = 'none'"),
                    IsEmpty());
    }
}

TEST_F(LoadTest, WarnsOfWhatWorksAndIsSeldomWanted)
{
    const auto warnings = texts(load_text("[server]\naddress = '0.0.0.0'\n[smtp]\nhost = 'mail'\n"
                                          "from = 'a@example.com'\nsecurity = 'none'\n")
                                    .warnings);
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("accessd.toml:2: server.public_url: is empty"),
                                      HasSubstr("accessd.toml:6: smtp.security")));
    EXPECT_THAT(load_text("server.public_url = 'http://example.com'").warnings, SizeIs(1));
    EXPECT_THAT(load_text("server.public_url = 'http://[::1]:80'").warnings, IsEmpty());
}

TEST_F(LoadTest, NamesAFileThatIsntThereAndSuspectsNothingElse)
{
    const auto path = folder_.path("none.toml");

    const auto loaded = load({path, {{"ACCESSD_SMTP_HOST", "mail.example.com"}}, {}});

    EXPECT_THAT(texts(loaded.problems),
                ElementsAre(HasSubstr("none.toml: can't be read: No such")));
}

TEST_F(LoadTest, ShowsControlCharactersAsQuestionMarks)
{
    EXPECT_THAT(problems_of("\"a\\u001bb\" = 1"), ElementsAre(HasSubstr("accessd.toml:1: a?b: ")));
}

TEST_F(LoadTest, FindsTheFileByFlagThenVariableThenPlace)
{
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder_.path());
    const Environment environment{{"ACCESSD_CONFIG", "named.toml"}};

    EXPECT_EQ(find_file("flag.toml", environment), "flag.toml");
    EXPECT_EQ(find_file({}, environment), "named.toml");
    folder_.write("accessd.toml", "");
    EXPECT_EQ(find_file({}, {{"ACCESSD_CONFIG", ""}}), "accessd.toml");

    std::filesystem::current_path(before);
}

}  // namespace
}  // namespace accessd::config
