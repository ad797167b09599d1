#include "face_worker/bad_pictures.h"

namespace accessd::face_worker {

void BadPictures::add(std::string hash, Time now)
{
    const std::lock_guard lock{mutex_};
    forget_old(now);
    if (!hashes_.insert(hash).second) return;
    by_age_.emplace_back(now, std::move(hash));
    if (by_age_.size() <= kMax) return;
    hashes_.erase(by_age_.front().second);
    by_age_.pop_front();
}

bool BadPictures::contains(const std::string& hash, Time now)
{
    const std::lock_guard lock{mutex_};
    forget_old(now);
    return hashes_.contains(hash);
}

bool BadPictures::is_empty() const
{
    const std::lock_guard lock{mutex_};
    return by_age_.empty();
}

void BadPictures::forget_old(Time now)
{
    while (!by_age_.empty() && now - by_age_.front().first >= kLife) {
        hashes_.erase(by_age_.front().second);
        by_age_.pop_front();
    }
}

}  // namespace accessd::face_worker
