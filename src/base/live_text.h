#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace accessd {

/// Text that grows while somebody reads it: the body of an answer that goes on. Threads: safe to call
/// concurrently.
class LiveText {
public:
    /// Unread text beyond this ends it: a reader that is so slow is better off starting anew.
    static constexpr std::size_t kUnreadMax = 256 * 1024;

    /// Writer: false when nobody reads any more, or the reader is too far behind.
    bool add(std::string_view text);
    /// Writer: nothing more will come; what is unread is still read.
    void end();
    bool is_open() const;

    /// Reader: has `wake` called whenever there is something to take, at once if there is already. It must not
    /// call back into this.
    void attach(std::function<void()> wake);
    struct Taken {
        std::string text;
        bool is_last = false;
    };
    Taken take();
    /// Reader: goes away. `wake` isn't called once this has returned.
    void detach();

private:
    mutable std::mutex mutex_;
    std::string unread_;
    bool is_ended_ = false;
    bool is_read_ = true;
    std::function<void()> wake_;
};

}  // namespace accessd
