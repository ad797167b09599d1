#include "projects/project_rules.h"

#include <algorithm>

namespace accessd::projects {
namespace {

constexpr std::size_t kSlugMin = 3;
constexpr std::size_t kSlugMax = 40;

bool is_slug_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

void check_biometric(const BiometricMethod& method, Mode mode, std::vector<std::string>& missing)
{
    if (mode == Mode::Live && method.min_assurance == Assurance::Low &&
        !method.accept_low_assurance) {
        missing.emplace_back("set accept_low_assurance to true, or min_assurance to active: low "
                             "claims nothing about presentation attacks");
    }
}

}  // namespace

std::vector<std::string> missing_for_activation(const Flow& flow, Mode mode)
{
    std::vector<std::string> missing;
    if (!flow.email.enabled && !flow.phone.enabled && !flow.biometric.enabled) {
        missing.emplace_back("enable a login method");
    } else if (!flow.email.enabled && !flow.phone.enabled && !flow.biometric.biometric_only) {
        missing.emplace_back("enable a method beside biometric, or set biometric_only to true");
    }
    const auto is_on = [&](Method method) { return flow.is_enabled(method); };
    if (flow.policy.kind == Policy::Kind::All) {
        for (const auto method : flow.policy.methods) {
            if (!is_on(method)) {
                missing.push_back("enable " + std::string{to_text(method)} +
                                  ", which the policy asks for");
            }
        }
    } else if (std::none_of(flow.policy.methods.begin(), flow.policy.methods.end(), is_on)) {
        missing.emplace_back("enable a method that the policy names");
    }
    if (flow.biometric.enabled) check_biometric(flow.biometric, mode, missing);
    if (flow.source_id.empty()) missing.emplace_back("connect a source (source_id)");
    return missing;
}

double effective_match_fmr(const BiometricMethod& method, const Policy& policy)
{
    const bool needs_another = policy.kind == Policy::Kind::All && policy.methods.size() > 1;
    return method.match_fmr.value_or(needs_another ? 1e-3 : 1e-4);
}

Assurance effective_min_assurance(const BiometricMethod& method, Mode mode)
{
    return method.min_assurance.value_or(mode == Mode::Live ? Assurance::Active : Assurance::Low);
}

bool is_slug(std::string_view text)
{
    return text.size() >= kSlugMin && text.size() <= kSlugMax && is_slug_letter(text.front()) &&
           is_slug_letter(text.back()) && std::all_of(text.begin(), text.end(), [](char c) {
               return is_slug_letter(c) || c == '-';
           });
}

std::string make_slug(std::string_view name)
{
    std::string slug;
    for (char c : name) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (is_slug_letter(c)) {
            slug += c;
        } else if (!slug.empty() && slug.back() != '-') {
            slug += '-';
        }
    }
    slug.resize(std::min(slug.size(), kSlugMax - 6));  // Leaves room to tell two apart.
    while (!slug.empty() && slug.back() == '-') slug.pop_back();
    return slug.size() < kSlugMin ? "project" : slug;
}

}  // namespace accessd::projects
