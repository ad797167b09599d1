#include "outbound/http_client.h"
#include "sources/client_factory.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;
using sources::TlsMode;
using users::SourceKind;

/// Listens on a free port and treats each connection as it is told to: no database at all.
class LyingDatabase {
public:
    enum class Manner { Silent, Garbage, Drip, HangsUp };

    explicit LyingDatabase(Manner manner) : manner_(manner)
    {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof(address);
        auto* any = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(listener_, any, length), 0);
        EXPECT_EQ(::listen(listener_, 8), 0);
        EXPECT_EQ(::getsockname(listener_, any, &length), 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread{[this] { serve(); }};
    }
    ~LyingDatabase()
    {
        is_stopping_ = true;
        thread_.join();
        ::close(listener_);
    }
    LyingDatabase(const LyingDatabase&) = delete;
    LyingDatabase& operator=(const LyingDatabase&) = delete;

    int port() const { return port_; }
    int connections() const { return connections_; }

private:
    void serve()
    {
        while (!is_stopping_) {
            pollfd watched{listener_, POLLIN, 0};
            if (::poll(&watched, 1, 20) <= 0) continue;
            const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            ++connections_;
            treat(connection);
            ::close(connection);
        }
    }
    void treat(int connection) const
    {
        if (manner_ == Manner::HangsUp) return;
        const std::string garbage(64, '\xA5');
        // Begins as MariaDB's greeting does, with a length that never comes.
        const std::string drip("\x50\x00\x00\x00\x0a"
                               "5.5.5-10.11",
                               16);
        std::size_t sent = 0;
        for (int i = 0; i < 200 && !is_stopping_; ++i) {
            std::this_thread::sleep_for(20ms);
            if (manner_ == Manner::Garbage && i == 0) {
                ::send(connection, garbage.data(), garbage.size(), MSG_NOSIGNAL);
            }
            if (manner_ == Manner::Drip && sent < drip.size()) {
                ::send(connection, drip.data() + sent++, 1, MSG_NOSIGNAL);
            }
        }
    }

    const Manner manner_;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<int> connections_{0};
    std::atomic<bool> is_stopping_{false};
    std::thread thread_;
};

class LyingDatabaseTest : public testing::TestWithParam<SourceKind> {
protected:
    static outbound::Guard guard(bool is_open)
    {
        std::vector<IpNetwork> allowed;
        if (is_open) allowed.push_back(*IpNetwork::parse("127.0.0.1"));
        return outbound::Guard{std::move(allowed)};
    }
    /// Asks a database that isn't one; how long that took is in `took_`.
    sources::Failure ask(int port, const outbound::Guard& guard,
                         const std::string& host = "127.0.0.1")
    {
        sources::SourceSettings settings;
        settings.kind = GetParam();
        settings.database = {host, port, "shop", "reader", Secret{"word"}, TlsMode::None};
        settings.query = "SELECT id AS user_id, email FROM t WHERE email = :email";
        outbound::CurlClient http{guard};
        SystemClock clock;
        const sources::ClientFactory factory{guard, http, clock, {}};
        auto client = factory.make(settings);
        if (!client) return {sources::Failure::Kind::Wrong, "no client"};
        const auto began = std::chrono::steady_clock::now();
        auto answer = (*client)->ask({users::ContactKind::Email, "ana@example.com"}, began + 300ms);
        EXPECT_FALSE((*client)->is_reusable());
        client->reset();  // What was begun is given up without waiting either.
        took_ = std::chrono::steady_clock::now() - began;
        if (answer) return {sources::Failure::Kind::Wrong, "an answer"};
        return answer.error();
    }

    std::chrono::steady_clock::duration took_{};
};

TEST_P(LyingDatabaseTest, HoldsNobodyBeyondTheDeadline)
{
    using Manner = LyingDatabase::Manner;
    for (const auto manner : {Manner::Silent, Manner::Garbage, Manner::Drip, Manner::HangsUp}) {
        const LyingDatabase database{manner};

        const auto failure = ask(database.port(), guard(true));

        EXPECT_EQ(failure.kind, sources::Failure::Kind::Down) << failure.words;
        EXPECT_LT(took_, 3s) << "manner " << static_cast<int>(manner);
        EXPECT_EQ(database.connections(), 1);
    }
}

TEST_P(LyingDatabaseTest, IsNotConnectedToWhereTheGuardForbids)
{
    const LyingDatabase database{LyingDatabase::Manner::Silent};
    for (const char* host : {"127.0.0.1", "localhost", "::ffff:127.0.0.1"}) {
        const auto failure = ask(database.port(), guard(false), host);
        EXPECT_EQ(failure.kind, sources::Failure::Kind::Down) << host;
    }
    EXPECT_EQ(database.connections(), 0);
}

INSTANTIATE_TEST_SUITE_P(Kinds, LyingDatabaseTest,
                         testing::Values(SourceKind::Postgres, SourceKind::Mysql),
                         [](const auto& row) { return std::string{users::to_text(row.param)}; });

}  // namespace
}  // namespace accessd::test
