#include "app/admin_access.h"

#include "app/admin_line.h"
#include "store/open.h"
#include "tokens/api_tokens.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace accessd::app {
namespace {

/// Longer than the server takes for any command; beyond it something is wrong.
constexpr auto kAnswerTimeout = std::chrono::seconds{30};
constexpr auto kBusyWait = std::chrono::seconds{3};
constexpr auto kBusyPause = std::chrono::milliseconds{100};

}  // namespace

Result<nlohmann::json> ask_server(const std::string& data_dir, const nlohmann::json& request)
{
    const AdminAddress address{data_dir};
    const Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (::connect(socket.get(), address.get(), address.size()) != 0) {
        // Refused: what a dead process left.
        if (errno == ENOENT || errno == ECONNREFUSED) return ErrorCode::NotFound;
        const auto sentence = "The server's administration socket " + address.path() +
                              " can't be used (" + std::strerror(errno) +
                              "). Run this as the user that the server runs as, or as root.";
        return Error{ErrorCode::Internal, sentence}.saying(sentence);
    }
    ACCESSD_CHECK(write_admin_line(socket.get(), request.dump(), kAnswerTimeout));
    const auto line = read_admin_line(socket.get(), kAdminAnswerMax, kAnswerTimeout);
    if (!line) {
        const std::string sentence =
            line.error().code == ErrorCode::RequestTimeout
                ? "The server doesn't answer at its administration socket. See its log."
                : "The server closed its administration socket without an answer. See its log.";
        return Error{ErrorCode::Internal, sentence}.saying(sentence);
    }
    return from_admin_answer(*line);
}

Result<std::unique_ptr<AdminAccess>> AdminAccess::open(store::Place place, const std::string& url)
{
    std::unique_ptr<AdminAccess> access{new AdminAccess(place)};
    const auto deadline = std::chrono::steady_clock::now() + kBusyWait;
    for (;;) {
        const auto server = ask_server(place.data_dir, {{"command", "status"}});
        if (server) return access;
        if (server.error().code != ErrorCode::NotFound) return server.error();
        const auto opened = access->open_store(url);
        if (opened) return access;
        if (opened.error().code != ErrorCode::Busy) return opened.error();
        if (std::chrono::steady_clock::now() >= deadline) return opened.error();
        std::this_thread::sleep_for(kBusyPause);
    }
}

Result<void> AdminAccess::open_store(const std::string& url)
{
    ACCESSD_TRY(stores_, store::open(place_, clock_, random_));
    revocations_ = std::make_unique<tokens::Revocations>(stores_->revocations(), clock_);
    keys_ =
        std::make_unique<tokens::ApiKeys>(stores_->api_keys(), stores_->limits(), *revocations_,
                                          clock_, random_, tokens::TokenPolicy{}.api_token_life);
    sessions_ = std::make_unique<admin::ConsoleSessions>(stores_->console(), clock_, random_);
    admins_ = std::make_unique<admin::Admins>(stores_->admins(), *sessions_, *revocations_, clock_,
                                              random_);
    commands_ = std::make_unique<AdminCommands>(*keys_, *admins_, *sessions_, *stores_, url);
    return {};
}

Result<nlohmann::json> AdminAccess::call(const nlohmann::json& request)
{
    if (commands_) return commands_->run(request);
    return ask_server(place_.data_dir, request);
}

}  // namespace accessd::app
