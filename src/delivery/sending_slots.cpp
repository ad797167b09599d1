#include "delivery/sending_slots.h"

namespace accessd::delivery {

SendingSlots::Slot SendingSlots::take()
{
    std::unique_lock lock{mutex_};
    while (under_way_.size() >= count_) {
        const auto patience_ends = *under_way_.begin() + kPatience;
        if (Steady::now() >= patience_ends) return Slot{nullptr};
        freed_.wait_until(lock, patience_ends);
    }
    return Slot{this};
}

SendingSlots::Slot::~Slot()
{
    if (slots_ == nullptr) return;
    {
        const std::scoped_lock lock{slots_->mutex_};
        slots_->under_way_.erase(began_);
    }
    slots_->freed_.notify_one();
}

}  // namespace accessd::delivery
