#include "access/flow.h"

#include <algorithm>

namespace accessd::access {
namespace {

bool contains(const std::vector<projects::Method>& methods, projects::Method method)
{
    return std::find(methods.begin(), methods.end(), method) != methods.end();
}

}  // namespace

std::vector<projects::Method> remaining_methods(const projects::Policy& policy,
                                                const std::vector<projects::Method>& done)
{
    if (policy.kind == projects::Policy::Kind::Any) {
        const bool is_met =
            std::any_of(policy.methods.begin(), policy.methods.end(),
                        [&](projects::Method method) { return contains(done, method); });
        return is_met ? std::vector<projects::Method>{} : policy.methods;
    }
    std::vector<projects::Method> remaining;
    std::copy_if(policy.methods.begin(), policy.methods.end(), std::back_inserter(remaining),
                 [&](projects::Method method) { return !contains(done, method); });
    return remaining;
}

bool is_complete(const projects::Policy& policy, const std::vector<projects::Method>& done)
{
    return remaining_methods(policy, done).empty();
}

std::vector<std::string> amr_of(const std::vector<projects::Method>& done)
{
    std::vector<std::string> amr;
    for (const auto method : done) {
        switch (method) {
        case projects::Method::Email: amr.emplace_back("otp"); break;
        case projects::Method::Phone: amr.emplace_back("sms"); break;
        case projects::Method::Biometric: amr.emplace_back("face"); break;
        }
    }
    if (done.size() > 1) amr.emplace_back("mfa");
    return amr;
}

}  // namespace accessd::access
