#include "app/idempotency.h"

#include "http/fields.h"
#include "store/open.h"
#include "store/stores.h"
#include "support/fakes.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace accessd::app {
namespace {

using namespace std::chrono_literals;

class IdempotencyTest : public testing::Test {
protected:
    IdempotencyTest()
        : stores_(std::move(*store::open(folder_.path(), clock_, random_))),
          keyring_(std::move(*crypto::Keyring::open(Secret{std::string(32, 'k')},
                                                    stores_->key_material(), clock_, random_))),
          idempotency_(stores_->idempotency(), *keyring_, clock_, random_),
          handler_(idempotency_.once("send", 24h, [this](const http::Request&) { return run(); }))
    {
    }

    Result<http::Response> run()
    {
        const int number = ++runs_;
        if (throws_) throw std::runtime_error{"broken"};
        if (const auto meanwhile = std::exchange(meanwhile_, nullptr)) meanwhile();
        if (error_) return Error{*error_}.with("attempts_remaining", std::int64_t{2});
        return http::success({{"run", number}}, "Done", 201).with_header("RateLimit-Limit", "5");
    }

    static http::Request request(const std::string& key, const std::string& body = "{}",
                                 const std::string& subject = "key_1")
    {
        http::Request made;
        made.id = "req_1";
        made.body = body;
        made.headers = {{"idempotency-key", key}};
        if (!subject.empty()) {
            made.caller.emplace();
            made.caller->subject = subject;
        }
        return made;
    }

    /// Sends it; "201", "201 again" or the name of the error.
    std::string send(const http::Request& request)
    {
        last_ = handler_(request);
        if (!last_) return std::string{to_text(last_.error().code)};
        const bool is_again =
            !last_->headers.empty() && last_->headers.back().name == "Idempotency-Replayed";
        return std::to_string(last_->status) + (is_again ? " again" : "");
    }
    std::string send(const std::string& key, const std::string& body = "{}",
                     const std::string& subject = "key_1")
    {
        return send(request(key, body, subject));
    }

    test::TempFolder folder_;
    test::FakeClock clock_;
    test::FakeRandom random_;
    std::unique_ptr<store::Stores> stores_;
    std::unique_ptr<crypto::Keyring> keyring_;
    Idempotency idempotency_;
    http::Handler handler_;
    int runs_ = 0;
    bool throws_ = false;
    std::optional<ErrorCode> error_;
    std::function<void()> meanwhile_;
    Result<http::Response> last_{ErrorCode::Internal};
};

TEST_F(IdempotencyTest, AnswersASecondTimeAsTheFirst)
{
    EXPECT_EQ(send("a"), "201");
    const auto body = last_->body;
    clock_.advance(24h - 1ms);
    EXPECT_EQ(send("a"), "201 again");
    EXPECT_EQ(last_->body, body);
    EXPECT_EQ(last_->content_type, "application/json");
    ASSERT_EQ(last_->headers.size(), 2U);
    EXPECT_EQ(last_->headers[0].name, "RateLimit-Limit");
    EXPECT_EQ(last_->headers[0].value, "5");
    EXPECT_EQ(runs_, 1);
    clock_.advance(1ms);
    EXPECT_EQ(send("a"), "201");
    EXPECT_EQ(runs_, 2);
}

TEST_F(IdempotencyTest, TellsCallersRoutesProjectsAndBodiesApart)
{
    EXPECT_EQ(send("a"), "201");
    EXPECT_EQ(send("b"), "201");
    EXPECT_EQ(send("a", "{}", "key_2"), "201");
    EXPECT_EQ(send("a", R"({"project_id":"prj_1"})"), "201");
    EXPECT_EQ(send("a", R"({"project_id":"prj_2"})"), "201");
    EXPECT_EQ(send("a", R"({"project_id":"prj_1","x":1})"), "IdempotencyConflict");
    EXPECT_EQ(send("a", "{ }"), "IdempotencyConflict");
    auto elsewhere = request("a");
    elsewhere.parameters = {{"flow_id", "flow_1"}};
    EXPECT_EQ(send(elsewhere), "201");
    EXPECT_EQ(send("a"), "201 again");
    EXPECT_EQ(send("a", R"({"project_id":"prj_1"})"), "201 again");
    // A stranger can't take a key away from others.
    EXPECT_EQ(send("a", "{}", ""), "201");
    EXPECT_EQ(send("a", R"({"x":1})", ""), "201");
    EXPECT_EQ(send("a", "{}", ""), "201 again");
}

TEST_F(IdempotencyTest, RunsWithoutAKeyEachTime)
{
    auto plain = request("a");
    plain.headers.clear();
    EXPECT_EQ(send(plain), "201");
    EXPECT_EQ(send(plain), "201");
    EXPECT_EQ(runs_, 2);
}

TEST_F(IdempotencyTest, RefusesKeysThatAreNone)
{
    for (const auto& key :
         {std::string{}, std::string(256, 'a'), std::string{"a\tb"}, std::string{"\xc3\xa4"}}) {
        EXPECT_EQ(send(key), "InvalidRequest") << key;
        EXPECT_EQ(last_.error().fields[0].field, "Idempotency-Key");
    }
    auto twice = request("a");
    twice.headers.push_back({"Idempotency-Key", "a"});
    EXPECT_EQ(send(twice), "InvalidRequest");
    EXPECT_EQ(runs_, 0);
    EXPECT_EQ(send(std::string(255, '~')), "201");
}

TEST_F(IdempotencyTest, KeepsRefusalsButNeitherLimitsNorFaults)
{
    error_ = ErrorCode::InvalidOtp;
    EXPECT_EQ(send("a"), "InvalidOtp");
    EXPECT_EQ(send("a"), "403 again");
    EXPECT_NE(last_->body.find(R"("attempts_remaining":2)"), std::string::npos);
    EXPECT_EQ(runs_, 1);
    for (const auto code : {ErrorCode::RateLimited, ErrorCode::StoreUnavailable, ErrorCode::Busy,
                            ErrorCode::Internal}) {
        error_ = code;
        EXPECT_EQ(send("b"), to_text(code));
    }
    EXPECT_EQ(runs_, 5);
    throws_ = true;
    EXPECT_THROW(send("b"), std::runtime_error);
    throws_ = false;
    error_.reset();
    EXPECT_EQ(send("b"), "201");
    // Strangers' refusals take no room.
    error_ = ErrorCode::InvalidCredentials;
    EXPECT_EQ(send("c", "{}", ""), "InvalidCredentials");
    EXPECT_EQ(send("c", "{}", ""), "InvalidCredentials");
}

TEST_F(IdempotencyTest, HoldsAKeyWhileTheFirstRunsAndNoLongerThanItsLease)
{
    std::string second;
    std::string third;
    meanwhile_ = [&] {
        second = send("a");
        EXPECT_EQ(last_.error().retry_after, 1s);
        EXPECT_EQ(send("a", "{ }"), "IdempotencyConflict");
        clock_.advance(Idempotency::kLease);  // As if the first had died with its server.
        third = send("a");
    };
    EXPECT_EQ(send("a"), "201");
    EXPECT_EQ(second, "IdempotencyInProgress");
    EXPECT_EQ(third, "201");
    EXPECT_EQ(runs_, 2);
    EXPECT_EQ(send("a"), "201 again");
    EXPECT_NE(last_->body.find(R"("run":2)"), std::string::npos);
}

}  // namespace
}  // namespace accessd::app
