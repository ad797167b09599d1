#include "face_worker/sandbox.h"

#include "support/probe_pool.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace accessd::face_worker {
namespace {

using namespace accessd::test;

/// Each ends the worker that tried it, and no other.
TEST(Sandbox, EndsAWorkerThatTriesMoreThanItMay)
{
    ProbePool made;
    for (const auto probe :
         {Probe::Open, Probe::OpenAt, Probe::Socket, Probe::Connect, Probe::Execve, Probe::Fork,
          Probe::Ptrace, Probe::Kill, Probe::SignalServer, Probe::ReadOtherDescriptor,
          Probe::ExecutableMemory, Probe::MapFile, Probe::RaiseLimit, Probe::IoUring}) {
        auto attacked = made.pool.lease();
        auto other = made.pool.lease();
        ASSERT_TRUE(attacked && other);

        EXPECT_FALSE(attacked->ask(kind(probe), "")) << static_cast<int>(probe);

        const auto reply = other->ask(kind(Probe::Echo), "still here");
        ASSERT_TRUE(reply) << static_cast<int>(probe);
        EXPECT_EQ(reply->body, "still here");
    }
}

TEST(Sandbox, KeepsLinesOutOfTheLog)
{
    if (kIsSanitized) GTEST_SKIP() << "sanitizers write their reports there";
    ProbePool made;

    EXPECT_EQ(made.ask(Probe::WriteToLog)->body, "-1");
}

TEST(Sandbox, IsNotEnteredBesideAThreadOfALibrary)
{
    if (kIsSanitized) GTEST_SKIP() << "sanitizers have a thread";
    ProbePool made{probe_settings("threaded")};
    const auto lease = made.pool.lease();

    ASSERT_FALSE(lease);
    EXPECT_NE(lease.error().detail.find("has started a thread"), std::string::npos);
}

TEST(Sandbox, IsEnteredWithOneDescriptorAndNothingOfTheServersEnvironment)
{
    ::setenv("ACCESSD_MASTER_KEY", "must not be handed on", 1);
    ProbePool made;

    EXPECT_EQ(made.ask(Probe::Descriptors)->body, "0 1 2 3 ") << "before it closes 0 to 2";
    const auto environment = made.ask(Probe::Environment)->body;

    ::unsetenv("ACCESSD_MASTER_KEY");
    EXPECT_EQ(environment.find("ACCESSD"), std::string::npos);
    EXPECT_TRUE(kIsSanitized || environment == "ORT_DISABLE_TELEMETRY=1") << environment;
}

}  // namespace
}  // namespace accessd::face_worker
