#include "outbound/http_multi.h"

#include "outbound/curl_transfer.h"

#include <curl/curl.h>

#include <unordered_map>
#include <utility>
#include <vector>

namespace accessd::outbound {
namespace {

constexpr long kConnectionsKept = 256;
constexpr std::size_t kHandlesKept = 256;

struct FreeEasy {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeMulti {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;

}  // namespace

class HttpMulti::Impl {
public:
    Impl(const Guard& guard, HttpClientSettings settings)
        : guard_(guard), settings_(std::move(settings))
    {
        start_curl();
        multi_.reset(curl_multi_init());
        curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, kConnectionsKept);
    }

    ~Impl()
    {
        for (auto& [handle, job] : jobs_) curl_multi_remove_handle(multi_.get(), handle);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void start(HttpRequest request, Done done)
    {
        auto easy = take();
        Job job{nullptr, std::make_unique<CurlTransfer>(guard_, settings_, std::move(request)),
                std::move(done)};
        if (auto failure = job.transfer->prepare(easy.get())) {
            idle_.push_back(std::move(easy));
            job.done(tl::make_unexpected(*std::move(failure)));
            return;
        }
        auto* handle = easy.get();
        job.easy = std::move(easy);
        curl_multi_add_handle(multi_.get(), handle);
        jobs_.emplace(handle, std::move(job));
    }

    void run(std::chrono::milliseconds wait)
    {
        int running = 0;
        curl_multi_perform(multi_.get(), &running);
        if (finish() > 0) return;
        curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(wait.count()), nullptr);
        curl_multi_perform(multi_.get(), &running);
        finish();
    }

    void wake() { curl_multi_wakeup(multi_.get()); }
    std::size_t running() const { return jobs_.size(); }

private:
    struct Job {
        Easy easy;
        std::unique_ptr<CurlTransfer> transfer;
        Done done;
    };

    Easy take()
    {
        if (idle_.empty()) return Easy{curl_easy_init()};
        auto easy = std::move(idle_.back());
        idle_.pop_back();
        return easy;
    }

    /// Tells of what has ended; returns how many that were.
    int finish()
    {
        int left = 0;
        int count = 0;
        while (const auto* message = curl_multi_info_read(multi_.get(), &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            auto* handle = message->easy_handle;
            const int code = message->data.result;
            curl_multi_remove_handle(multi_.get(), handle);
            auto node = jobs_.extract(handle);
            auto& job = node.mapped();
            auto result = job.transfer->finish(handle, code);
            if (idle_.size() < kHandlesKept) idle_.push_back(std::move(job.easy));
            job.done(std::move(result));
            ++count;
        }
        return count;
    }

    const Guard& guard_;
    const HttpClientSettings settings_;
    std::unique_ptr<CURLM, FreeMulti> multi_;
    std::vector<Easy> idle_;
    std::unordered_map<CURL*, Job> jobs_;
};

HttpMulti::HttpMulti(const Guard& guard, HttpClientSettings settings)
    : impl_(std::make_unique<Impl>(guard, std::move(settings)))
{
}

HttpMulti::~HttpMulti() = default;
void HttpMulti::start(HttpRequest request, Done done)
{
    impl_->start(std::move(request), std::move(done));
}
void HttpMulti::run(std::chrono::milliseconds wait) { impl_->run(wait); }
void HttpMulti::wake() { impl_->wake(); }
std::size_t HttpMulti::running() const { return impl_->running(); }

}  // namespace accessd::outbound
