#include "app/doctor_checks.h"

#include "app/mail_dns.h"
#include "limits/guess_chance.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace accessd::app {
namespace {

using Status = Finding::Status;

TextRecords records(std::vector<std::string> texts)
{
    return {TextRecords::Status::Found, std::move(texts)};
}
const TextRecords kNone{TextRecords::Status::None, {}};
const TextRecords kUnreachable{TextRecords::Status::Unreachable, {}};

TEST(GuessChance, IsWhatTheFormulaOfTheDocumentSays)
{
    // 7200 codes a day of 3 tries at one in a million: the 2 % that resending alone would leave.
    EXPECT_DOUBLE_EQ(limits::codes_per_day(limits::kEmailSends), 7200.0);
    EXPECT_NEAR(limits::guess_chance(6, 3, 7200), 1 - std::pow(1 - 3e-6, 7200), 1e-12);
    EXPECT_NEAR(limits::guess_chance(6, 3, 20), 6e-5, 1e-8);
    EXPECT_DOUBLE_EQ(limits::guess_chance(1, 10, 1), 1.0);
    EXPECT_DOUBLE_EQ(limits::guess_chance(6, 3, 0), 0.0);
}

TEST(MailDns, ReadsSpf)
{
    EXPECT_EQ(judge_spf("example.com", records({"v=spf1 include:relay.example -all"})).status,
              Status::Ok);
    EXPECT_EQ(judge_spf("example.com", records({"other", "v=spf10 -all"})).status, Status::Warn);
    EXPECT_EQ(judge_spf("example.com", records({"v=spf1 +all"})).status, Status::Warn);
    EXPECT_EQ(judge_spf("example.com", records({"v=spf1 -all", "v=spf1 ~all"})).status,
              Status::Fail);
    EXPECT_EQ(judge_spf("example.com", kNone).status, Status::Warn);
    EXPECT_EQ(judge_spf("example.com", kUnreachable).status, Status::Warn);
}

TEST(MailDns, ReadsDmarc)
{
    const auto good = judge_dmarc("example.com", records({"v=DMARC1; p=reject; rua=mailto:a@b"}));
    EXPECT_EQ(good.status, Status::Ok);
    EXPECT_NE(good.text.find("p=reject"), std::string::npos);
    EXPECT_EQ(judge_dmarc("example.com", records({"v=DMARC1; sp=none"})).status, Status::Fail);
    EXPECT_EQ(judge_dmarc("example.com", kNone).status, Status::Warn);
    EXPECT_EQ(judge_dmarc("example.com", kUnreachable).status, Status::Warn);
}

TEST(MailDns, LooksDkimUpOnlyWithASelector)
{
    EXPECT_EQ(judge_dkim("example.com", "", kNone).status, Status::Warn);
    EXPECT_EQ(judge_dkim("example.com", "s1", records({"v=DKIM1; k=rsa; p=MIGf"})).status,
              Status::Ok);
    EXPECT_EQ(judge_dkim("example.com", "s1", records({"v=DKIM1; p="})).status, Status::Fail)
        << "an empty key is a revoked one";
    EXPECT_EQ(judge_dkim("example.com", "s1", kNone).status, Status::Fail);
    EXPECT_EQ(judge_dkim("example.com", "s1", kUnreachable).status, Status::Warn);
}

TEST(SigningKeyCheck, NamesKeysThatGrewOldAndKeysFromTheFuture)
{
    const config::Tokens tokens;
    const auto now = from_unix_millis(1'790'000'000'000);
    const auto made = [](TimePoint at) {
        return nlohmann::json{
            {"signing_keys",
             {{{"created_at", unix_millis(at)}, {"active_from", unix_millis(at)}}}}};
    };
    EXPECT_EQ(check_signing_keys(tokens, made(now - std::chrono::days{10}), now).status,
              Status::Ok);
    EXPECT_EQ(check_signing_keys(tokens, made(now - std::chrono::days{91}), now).status,
              Status::Warn);
    EXPECT_EQ(check_signing_keys(tokens, made(now + std::chrono::days{1}), now).status,
              Status::Fail);
    EXPECT_EQ(check_signing_keys(tokens, nlohmann::json::object(), now).status, Status::Ok);
}

TEST(GuessCheck, NamesTheWeakestFlow)
{
    const nlohmann::json strong{{"otp_length", 8}, {"max_attempts", 1}, {"flow_id", "flow_1"}};
    const nlohmann::json weak{{"otp_length", 6}, {"max_attempts", 10}, {"flow_id", "flow_2"}};
    const config::Limits limits;
    EXPECT_EQ(check_guess_chance(limits, {{"code_rules", {strong}}}).status, Status::Ok);
    const auto both = check_guess_chance(limits, {{"code_rules", {strong, weak}}});
    EXPECT_EQ(both.status, Status::Warn);
    EXPECT_NE(both.text.find("flow_2"), std::string::npos);
}

TEST(GuessCheck, KnowsTheLimitsInForce)
{
    const nlohmann::json usual{{"otp_length", 6}, {"max_attempts", 3}, {"flow_id", "flow_1"}};
    const nlohmann::json store{{"code_rules", {usual}}};
    config::Limits limits;
    EXPECT_EQ(check_guess_chance(limits, store).status, Status::Ok);

    limits.email_sends_per_day = 0;
    EXPECT_EQ(check_guess_chance(limits, store).status, Status::Warn);
}

TEST(GuessCheck, CountsCodesByPhoneByTheirOwnLimits)
{
    const nlohmann::json email{
        {"method", "email"}, {"otp_length", 6}, {"max_attempts", 3}, {"flow_id", "flow_1"}};
    const nlohmann::json phone{
        {"method", "phone"}, {"otp_length", 6}, {"max_attempts", 3}, {"flow_id", "flow_2"}};
    const nlohmann::json store{{"code_rules", {email, phone}}};
    config::Limits limits;
    EXPECT_EQ(check_guess_chance(limits, store).status, Status::Ok);

    limits.phone_sends_per_day = 0;
    const auto found = check_guess_chance(limits, store);
    EXPECT_EQ(found.status, Status::Warn);
    EXPECT_NE(found.text.find("by phone"), std::string::npos) << found.text;
    EXPECT_NE(found.text.find("flow_2"), std::string::npos) << found.text;
    EXPECT_NE(found.advice.find("limits.phone_sends_per_day"), std::string::npos) << found.advice;
}

}  // namespace
}  // namespace accessd::app
