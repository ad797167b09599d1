// The administration socket: whatever comes over it, one line is read or refused, and an answer is read as it was
// meant or not at all.

#include "fuzz.h"

#include "app/admin_line.h"
#include "base/json.h"

#include <nlohmann/json.hpp>

#include <sys/socket.h>
#include <unistd.h>

namespace accessd::fuzz {
namespace {

using nlohmann::json;

constexpr std::size_t kLineMax = 1000;
/// Nothing waits here; a machine that is busy must not make a finding of it.
constexpr auto kTimeout = std::chrono::minutes{30};

/// Two ends of a connection; what the first one writes, the second one reads.
class Pair {
public:
    Pair() { require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_) == 0, "sockets"); }
    ~Pair()
    {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;

    void write(std::string_view bytes)
    {
        const auto sent = ::send(ends_[0], bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        require(bytes.empty() || sent == static_cast<ssize_t>(bytes.size()), "the socket's buffer");
        ::shutdown(ends_[0], SHUT_WR);
    }
    int writer() const { return ends_[0]; }
    int reader() const { return ends_[1]; }

private:
    int ends_[2]{-1, -1};
};

void check_reading(std::string_view bytes)
{
    Pair pair;
    pair.write(bytes);
    const auto line = app::read_admin_line(pair.reader(), kLineMax, kTimeout);
    const auto expected = bytes.substr(0, bytes.find('\n'));
    if (line) {
        require(*line == expected && expected.size() < bytes.size(),
                "a line is read up to its end");
        require(line->size() <= kLineMax, "a line has its bound");
    } else if (line.error().code == ErrorCode::BodyTooLarge) {
        require(expected.size() > kLineMax, "only a long line is too long");
    } else {
        require(line.error().code == ErrorCode::MalformedHttp && expected.size() == bytes.size(),
                "only a line without an end has none");
    }
}

void check_writing(const std::string& line)
{
    Pair pair;
    require(app::write_admin_line(pair.writer(), line, kTimeout).has_value(), "a line is written");
    const auto read = app::read_admin_line(pair.reader(), line.size() + 1, kTimeout);
    require(read && *read == line, "a line comes as it was sent");
}

void check_answer(std::string_view line)
{
    const auto outcome = app::from_admin_answer(line);
    const auto written = app::to_admin_answer(outcome);
    require(written.find('\n') == std::string::npos, "an answer is one line");
    const auto again = app::from_admin_answer(written);
    require(again.has_value() == outcome.has_value(), "success stays success");
    if (outcome) {
        require(*again == *outcome, "data come back");
    } else {
        require(again.error().code == outcome.error().code, "a code comes back");
    }
    if (written.size() < 100'000) check_writing(written);
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto bytes = accessd::fuzz::to_view(data, size);
    if (size > 60'000) return 0;
    accessd::fuzz::check_reading(bytes);
    accessd::fuzz::check_answer(bytes);
    return 0;
}
