#include "app/standards.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace accessd::app {
namespace {

using nlohmann::json;

/// A configuration and a flow that meet every line: what a careful operator has.
config::Config careful_config()
{
    config::Config config;
    config.server.address = "0.0.0.0";
    config.server.public_url = "https://login.example.com";
    config.server.tls_certificate_file = "/etc/accessd/tls.pem";
    config.store.url =
        Secret{"postgresql://accessd:secret@db.internal/accessd?sslmode=verify-full"};
    config.smtp.host = "smtp.example.com";
    return config;
}

json careful_flow()
{
    return {{"flow_id", "flow_1"},
            {"email", false},
            {"sms", true},
            {"has_alternative", true},
            {"otp_ttl_seconds", 300},
            {"reveals_users", false},
            {"face", true},
            {"face_alone", false},
            {"face_liveness", true},
            {"face_fmr", 1e-4}};
}

/// A change that breaks lines, and what the advice names.
struct Flip {
    std::string name;
    std::vector<std::string> lines;
    std::string names;
    std::function<void(config::Config&, json&)> break_it;
};

void PrintTo(const Flip& flip, std::ostream* out) { *out << flip.name; }

class StandardsTest : public testing::TestWithParam<Flip> {};

TEST(Standards, AreAllMetByACarefulConfiguration)
{
    const auto findings = judge_standards(careful_config(), json::array({careful_flow()}));

    ASSERT_EQ(findings.size(), 16U);
    for (const auto& finding : findings) {
        EXPECT_EQ(finding.status, Finding::Status::Ok) << finding.check << ": " << finding.advice;
    }
}

TEST_P(StandardsTest, NamesWhatBreaksALineAndNothingElse)
{
    auto config = careful_config();
    auto flow = careful_flow();
    GetParam().break_it(config, flow);

    const auto findings = judge_standards(config, json::array({flow}));

    std::vector<std::string> broken;
    for (const auto& finding : findings) {
        if (finding.status == Finding::Status::Ok) continue;
        broken.push_back(finding.check);
        EXPECT_NE(finding.advice.find(GetParam().names), std::string::npos) << finding.advice;
        EXPECT_EQ(finding.advice.find("secret"), std::string::npos);
    }
    EXPECT_EQ(broken, GetParam().lines);
}

const std::vector<Flip> kFlips{
    {"tells_who_is_known",
     {"asvs.6.3.8"},
     "flow_1",
     [](config::Config&, json& flow) { flow["reveals_users"] = true; }},
    {"codes_live_longer",
     {"asvs.6.5.5", "nist.3.1.3"},
     "flow_1",
     [](config::Config&, json& flow) { flow["otp_ttl_seconds"] = 601; }},
    {"codes_by_email",
     {"asvs.6.3.6", "nist.3.1.3.1"},
     "flow_1",
     [](config::Config&, json& flow) { flow["email"] = true; }},
    {"sms_alone",
     {"asvs.6.6.1", "nist.3.2.9"},
     "flow_1",
     [](config::Config&, json& flow) { flow["has_alternative"] = false; }},
    {"no_lock",
     {"asvs.6.6.3", "nist.3.2.2"},
     "limits.failures_before_lock",
     [](config::Config& config, json&) { config.limits.failures_before_lock = 0; }},
    {"late_lock",
     {"nist.3.2.2"},
     "limits.failures_before_lock",
     [](config::Config& config, json&) { config.limits.failures_before_lock = 101; }},
    {"no_tls",
     {"asvs.12.2.1"},
     "server.address",
     [](config::Config& config, json&) { config.server.tls_certificate_file.clear(); }},
    {"plain_public_url",
     {"asvs.12.2.1"},
     "server.public_url",
     [](config::Config& config, json&) { config.server.public_url = "http://login.example.com"; }},
    {"plain_mail",
     {"asvs.12.3.1"},
     "smtp.security",
     [](config::Config& config, json&) { config.smtp.security = config::Smtp::Security::None; }},
    {"plain_database",
     {"asvs.12.3.1", "asvs.12.3.2"},
     "store.url",
     [](config::Config& config, json&) {
         config.store.url = Secret{"postgresql://accessd:secret@db.internal/accessd"};
     }},
    {"unchecked_database",
     {"asvs.12.3.2"},
     "store.url",
     [](config::Config& config, json&) {
         config.store.url =
             Secret{"postgresql://accessd:secret@db.internal/accessd?sslmode=require"};
     }},
    {"open_monitoring",
     {"asvs.12.3.1", "asvs.13.4.5"},
     "server.operations_address",
     [](config::Config& config, json&) { config.server.operations_address = "0.0.0.0"; }},
    {"debug",
     {"asvs.13.4.2"},
     "log.level",
     [](config::Config& config, json&) { config.log.level = log::Level::Debug; }},
    {"documents",
     {"asvs.13.4.5"},
     "server.docs",
     [](config::Config& config, json&) { config.server.docs = true; }},
    {"face_alone",
     {"asvs.6.5.7", "nist.3.2.3"},
     "flow_1",
     [](config::Config&, json& flow) { flow["face_alone"] = true; }},
    {"loose_faces",
     {"nist.3.2.3"},
     "flow_1",
     [](config::Config&, json& flow) { flow["face_fmr"] = 1e-3; }},
    {"many_faces",
     {"nist.3.2.3"},
     "limits.face_failures_before_wait",
     [](config::Config& config, json&) { config.limits.face_failures_before_wait = 11; }},
    {"faces_without_liveness",
     {"nist.3.2.3"},
     "limits.face_failures_before_wait",
     [](config::Config& config, json& flow) {
         flow["face_liveness"] = false;
         config.limits.face_failures_before_wait = 6;
     }},
};

INSTANTIATE_TEST_SUITE_P(Lines, StandardsTest, testing::ValuesIn(kFlips),
                         [](const auto& flip) { return flip.param.name; });

TEST(Standards, HaveAFlipForEveryLine)
{
    for (const auto& finding : judge_standards(careful_config(), json::array())) {
        EXPECT_TRUE(std::any_of(kFlips.begin(), kFlips.end(), [&](const Flip& flip) {
            return std::find(flip.lines.begin(), flip.lines.end(), finding.check) !=
                   flip.lines.end();
        })) << finding.check;
    }
}

TEST(Standards, TakeWhatStaysOnThisMachineForSafe)
{
    config::Config config;
    config.smtp.host = "localhost";
    config.smtp.security = config::Smtp::Security::None;
    config.store.url = Secret{"postgresql://accessd@/accessd?host=/run/postgresql"};

    for (const auto& finding : judge_standards(config, json::array())) {
        EXPECT_EQ(finding.status, Finding::Status::Ok) << finding.check << ": " << finding.advice;
    }
}

}  // namespace
}  // namespace accessd::app
