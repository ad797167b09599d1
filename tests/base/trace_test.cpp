#include "base/trace.h"

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace accessd::trace {
namespace {

constexpr auto kCaller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

class Kept : public Sink {
public:
    void take(Finished span) noexcept override
    {
        const std::scoped_lock lock{mutex_};
        spans.push_back(std::move(span));
    }
    std::vector<Finished> spans;

private:
    std::mutex mutex_;
};

class TraceTest : public testing::Test {
protected:
    TraceTest() { configure(&kept_, 1.0); }
    ~TraceTest() override { configure(nullptr, 0); }
    Kept kept_;
};

TEST(Traceparent, IsReadAndWritten)
{
    const auto context = parse_traceparent(kCaller);

    ASSERT_TRUE(context);
    EXPECT_TRUE(context->is_sampled);
    EXPECT_EQ(to_traceparent(*context), kCaller);
    EXPECT_FALSE(
        parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")->is_sampled);
    EXPECT_TRUE(parse_traceparent("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"));
}

TEST(Traceparent, IsRefusedWhereItIsNone)
{
    for (const std::string text : {"", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                                   "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                   "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                   "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                                   "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                                   "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                                   "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
                                   "00-0af7651916cd43dd8448eb211c8031\n9-b7ad6b7169203331-01"}) {
        EXPECT_FALSE(parse_traceparent(text)) << text;
    }
}

TEST_F(TraceTest, PutsACallInsideTheRequestThatMadeIt)
{
    {
        Span request{"GET /x", Kind::Server, parse_traceparent(kCaller)};
        Span call{"POST", Kind::Client};
        EXPECT_EQ(current()->span, request.context()->span);
    }
    EXPECT_FALSE(current());

    ASSERT_EQ(kept_.spans.size(), 2U);
    const auto& call = kept_.spans[0];
    const auto& request = kept_.spans[1];
    EXPECT_EQ(call.self.trace, parse_traceparent(kCaller)->trace);
    EXPECT_EQ(*request.parent, parse_traceparent(kCaller)->span);
    EXPECT_EQ(*call.parent, request.self.span);
    EXPECT_GE(request.ended_ns, request.started_ns);
}

TEST_F(TraceTest, SendsNothingThatACallerDoesntWant)
{
    {
        const Span request{
            "GET /x", Kind::Server,
            parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")};
        EXPECT_FALSE(request.context()->is_sampled);  // And tells the next one so.
    }
    EXPECT_TRUE(kept_.spans.empty());
}

TEST_F(TraceTest, TakesTheAskedShareOfTraces)
{
    configure(&kept_, 0.25);
    for (int i = 0; i < 4000; ++i) const Span span{"GET /x", Kind::Server};

    EXPECT_GT(kept_.spans.size(), 800U);
    EXPECT_LT(kept_.spans.size(), 1200U);
}

TEST_F(TraceTest, EndsElsewhereOnceItLeftItsThread)
{
    auto span = std::make_unique<Span>("POST /later", Kind::Server);
    ASSERT_TRUE(current());
    span->leave_thread();
    EXPECT_FALSE(current());
    const Span next{"GET /next", Kind::Server};  // What the thread does then is no part of it.
    std::thread{[&] { span.reset(); }}.join();

    ASSERT_EQ(kept_.spans.size(), 1U);
    EXPECT_EQ(kept_.spans.front().name, "POST /later");
    EXPECT_EQ(current()->span, next.context()->span);
    EXPECT_NE(next.context()->trace, kept_.spans.front().self.trace);
}

TEST_F(TraceTest, StaysSilentOnAThreadThatIsQuiet)
{
    const Quiet quiet;
    const Span span{"POST", Kind::Client};

    EXPECT_FALSE(span.context());
}

TEST(Trace, IsOffUntilSomebodyWantsIt)
{
    const Span span{"GET /x", Kind::Server};

    EXPECT_FALSE(span.context());
    EXPECT_FALSE(current());
}

}  // namespace
}  // namespace accessd::trace
