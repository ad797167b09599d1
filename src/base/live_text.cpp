#include "base/live_text.h"

#include <utility>

namespace accessd {

bool LiveText::add(std::string_view text)
{
    const std::scoped_lock lock{mutex_};
    if (is_ended_ || !is_read_) return false;
    const bool is_too_much = unread_.size() + text.size() > kUnreadMax;
    if (is_too_much) is_ended_ = true;
    if (!is_too_much) unread_ += text;
    if (wake_) wake_();
    return !is_too_much;
}

void LiveText::end()
{
    const std::scoped_lock lock{mutex_};
    is_ended_ = true;
    if (wake_) wake_();
}

bool LiveText::is_open() const
{
    const std::scoped_lock lock{mutex_};
    return !is_ended_ && is_read_;
}

void LiveText::attach(std::function<void()> wake)
{
    const std::scoped_lock lock{mutex_};
    wake_ = std::move(wake);
    if (!unread_.empty() || is_ended_) wake_();
}

LiveText::Taken LiveText::take()
{
    const std::scoped_lock lock{mutex_};
    return {std::exchange(unread_, {}), is_ended_};
}

void LiveText::detach()
{
    const std::scoped_lock lock{mutex_};
    is_read_ = false;
    wake_ = nullptr;
    unread_.clear();
}

}  // namespace accessd
