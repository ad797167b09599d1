#include "outbound/http_client.h"

#include "outbound/curl_transfer.h"

#include <curl/curl.h>

#include <mutex>
#include <utility>

namespace accessd::outbound {
namespace {

constexpr std::size_t kIdleMax = 64;  // Handles, each with connections: more aren't kept.

struct FreeCurl {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using CurlHandle = std::unique_ptr<CURL, FreeCurl>;

}  // namespace

/// Handles of libcurl that are free. Made when needed; as many as there are calls at the same moment.
class CurlClient::Handles {
public:
    CurlHandle take()
    {
        {
            const std::scoped_lock lock{mutex_};
            if (!idle_.empty()) {
                auto handle =
                    std::move(idle_.back());  // The one used last: its connections are fresh.
                idle_.pop_back();
                return handle;
            }
        }
        return CurlHandle{curl_easy_init()};
    }

    void give_back(CurlHandle handle)
    {
        const std::scoped_lock lock{mutex_};
        if (idle_.size() < kIdleMax) idle_.push_back(std::move(handle));
    }

private:
    std::mutex mutex_;
    std::vector<CurlHandle> idle_;
};

CurlClient::CurlClient(const Guard& guard, HttpClientSettings settings)
    : guard_(guard), settings_(std::move(settings))
{
    start_curl();
    handles_ = std::make_unique<Handles>();
}

CurlClient::~CurlClient() = default;

HttpResult CurlClient::send(const HttpRequest& request)
{
    auto handle = handles_->take();
    if (!handle) return tl::make_unexpected(HttpFailure{HttpFailureKind::Broken, "out of memory"});
    CurlTransfer transfer{guard_, settings_, request};
    if (auto failure = transfer.prepare(handle.get())) {
        handles_->give_back(std::move(handle));
        return tl::make_unexpected(*std::move(failure));
    }
    auto result = transfer.finish(handle.get(), curl_easy_perform(handle.get()));
    handles_->give_back(std::move(handle));
    return result;
}

std::unique_ptr<HttpClient> make_http_client(const Guard& guard, HttpClientSettings settings)
{
    return std::make_unique<CurlClient>(guard, std::move(settings));
}

}  // namespace accessd::outbound
