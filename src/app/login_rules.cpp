#include "app/login_rules.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

namespace accessd::app {
namespace {

constexpr int kPageSize = 200;
// Source: docs/biometrics.md, what a flow without a wish of its own is held to.
constexpr double kUsualFmr = 1e-4;

bool carries_sms(const projects::PhoneMethod& phone)
{
    return phone.enabled &&
           std::find(phone.channels.begin(), phone.channels.end(), "sms") != phone.channels.end();
}

nlohmann::json rules_of(const projects::Flow& flow)
{
    const bool is_any = flow.policy.kind == projects::Policy::Kind::Any;
    const auto& methods = flow.policy.methods;
    const bool has_sms = carries_sms(flow.phone);
    const bool has_other_channel = flow.phone.channels.size() > 1;
    const auto ttl = std::max(flow.email.enabled ? flow.email.otp_ttl.count() : 0,
                              flow.phone.enabled ? flow.phone.otp_ttl.count() : 0);
    return {{"flow_id", flow.id},
            {"email", flow.email.enabled},
            {"sms", has_sms},
            {"has_alternative", (is_any && methods.size() > 1) || has_other_channel},
            {"otp_ttl_seconds", ttl},
            {"reveals_users", flow.reveal_unknown_users},
            {"face", flow.biometric.enabled},
            {"face_alone", flow.biometric.enabled && (is_any || methods.size() == 1)},
            {"face_liveness", flow.biometric.liveness_required},
            {"face_fmr", flow.biometric.match_fmr.value_or(kUsualFmr)}};
}

}  // namespace

Result<nlohmann::json> login_rules(projects::ProjectStore& store)
{
    auto rules = nlohmann::json::array();
    PageRequest request{.limit = kPageSize};
    do {
        ACCESSD_TRY(const auto page, store.list(ProjectScope::all(), request));
        for (const auto& project : page.items) {
            if (project.mode != projects::Mode::Live) continue;
            ACCESSD_TRY(const auto setup, store.setup(project.id));
            if (!setup) continue;
            for (const auto& flow : setup->flows) {
                if (flow.status == projects::FlowStatus::Active) rules.push_back(rules_of(flow));
            }
        }
        request.after = page.next;
    } while (request.after);
    return rules;
}

}  // namespace accessd::app
