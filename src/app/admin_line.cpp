#include "app/admin_line.h"

#include "base/json.h"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace accessd::app {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// False when the time is over.
bool wait_for(int socket, short events, SteadyClock::time_point deadline)
{
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
        if (left.count() <= 0) return false;
        pollfd wanted{socket, events, 0};
        const int ready = ::poll(&wanted, 1, static_cast<int>(left.count()));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

bool is_passing(int error) { return error == EAGAIN || error == EINTR; }

std::optional<ErrorCode> find_code(std::string_view text)
{
    for (int i = 0; i <= static_cast<int>(kLastErrorCode); ++i) {
        const auto code = static_cast<ErrorCode>(i);
        if (to_text(code) == text) return code;
    }
    return std::nullopt;
}

}  // namespace

AdminAddress::AdminAddress(const std::string& data_dir) : path_(data_dir + "/admin.sock")
{
    auto name = path_;
    if (name.size() >= sizeof(address_.sun_path)) {
        folder_ = Descriptor{::open(data_dir.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
        name = "/proc/self/fd/" + std::to_string(folder_.get()) + "/admin.sock";
    }
    address_.sun_family = AF_UNIX;
    std::memcpy(address_.sun_path, name.c_str(), name.size() + 1);
}

const sockaddr* AdminAddress::get() const { return reinterpret_cast<const sockaddr*>(&address_); }

socklen_t AdminAddress::size() const { return sizeof(address_); }

Result<std::string> read_admin_line(int socket, std::size_t bytes_max,
                                    std::chrono::milliseconds timeout)
{
    const auto deadline = SteadyClock::now() + timeout;
    std::string line;
    std::array<char, 4096> buffer{};
    for (;;) {
        if (!wait_for(socket, POLLIN, deadline)) return ErrorCode::RequestTimeout;
        const auto count = ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count < 0 && is_passing(errno)) continue;
        if (count <= 0) return Error{ErrorCode::MalformedHttp, "the line has no end"};
        const std::string_view part{buffer.data(), static_cast<std::size_t>(count)};
        const auto end = part.find('\n');
        line += part.substr(0, end);
        if (line.size() > bytes_max) return ErrorCode::BodyTooLarge;
        if (end != std::string_view::npos) return line;
    }
}

Result<void> write_admin_line(int socket, std::string_view line, std::chrono::milliseconds timeout)
{
    const auto deadline = SteadyClock::now() + timeout;
    const auto text = std::string{line} + '\n';
    std::string_view rest = text;
    while (!rest.empty()) {
        if (!wait_for(socket, POLLOUT, deadline)) return ErrorCode::RequestTimeout;
        const auto count = ::send(socket, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && is_passing(errno)) continue;
        if (count < 0) return Error{ErrorCode::Internal, "the other side has gone"};
        rest.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

std::string to_admin_answer(const Result<nlohmann::json>& outcome)
{
    nlohmann::json answer{{"ok", outcome.has_value()}};
    if (outcome) {
        answer["data"] = *outcome;
    } else {
        const auto& error = outcome.error();
        answer["code"] = to_text(error.code);
        answer["error"] = error.message.empty() ? error.detail : error.message;
    }
    return answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<nlohmann::json> from_admin_answer(std::string_view line)
{
    const Error no_answer{ErrorCode::Internal, "the server's answer can't be understood"};
    const auto answer = parse_json(line);
    if (!answer || !answer->is_object()) return no_answer;
    if (answer->value("ok", nlohmann::json{}) == true) {
        return answer->value("data", nlohmann::json::object());
    }
    const auto code = answer->find("code");
    const auto text = answer->find("error");
    if (code == answer->end() || !code->is_string() || text == answer->end() ||
        !text->is_string()) {
        return no_answer;
    }
    const auto sentence = text->get<std::string>();
    return Error{find_code(code->get<std::string>()).value_or(ErrorCode::Internal), sentence}
        .saying(sentence);
}

}  // namespace accessd::app
