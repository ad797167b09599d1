#include "projects/project_json.h"

#include "base/json.h"
#include "projects/project_rules.h"

#include <nlohmann/json.hpp>

#include <type_traits>

namespace accessd::projects {
namespace {

using nlohmann::json;

json or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json policy_json(const Policy& policy)
{
    auto methods = json::array();
    for (const auto method : policy.methods) methods.push_back(to_text(method));
    return {{to_text(policy.kind), std::move(methods)}};
}

json to_json(const Branding& branding)
{
    return {{"logo_url", or_null(branding.logo_url)},
            {"primary_color", or_null(branding.primary_color)},
            {"background_color", or_null(branding.background_color)},
            {"text_color", or_null(branding.text_color)},
            {"image_url", or_null(branding.image_url)}};
}

json to_json(const Retention& retention)
{
    return {{"unused_faces_days", retention.unused_faces},
            {"validations_days", retention.validations},
            {"messages_days", retention.messages},
            {"client_addresses_days", retention.client_addresses},
            {"events_days", retention.events},
            {"audit_days", retention.audit},
            {"inbox_days", retention.inbox}};
}

json fallback_json(const PhoneMethod& method)
{
    if (!method.fallback) return nullptr;
    return {{"after_seconds", method.fallback->after.count()}, {"to", method.fallback->to}};
}

json stored_biometric(const BiometricMethod& method)
{
    return {{"enabled", method.enabled},
            {"liveness_required", method.liveness_required},
            {"min_assurance",
             method.min_assurance ? json(to_text(*method.min_assurance)) : json(nullptr)},
            {"accept_low_assurance", method.accept_low_assurance},
            {"match_fmr", method.match_fmr ? json(*method.match_fmr) : json(nullptr)},
            {"validation_ttl_seconds", method.validation_ttl.count()},
            {"max_attempts", method.max_attempts},
            {"require_consent", method.require_consent},
            {"biometric_only", method.biometric_only},
            {"reject_duplicate_faces", method.reject_duplicate_faces},
            {"refresh_faces", method.refresh_faces}};
}

/// Reads members of a stored object; one that is missing or null leaves the field as it is.
class Reader {
public:
    explicit Reader(const json& object) : object_(object) {}

    template <class T>
    void read(const char* name, T& field) const
    {
        const auto member = object_.find(name);
        if (member == object_.end() || member->is_null()) return;
        if constexpr (std::is_same_v<T, std::chrono::seconds>) {
            field = std::chrono::seconds{member->get<std::int64_t>()};
        } else {
            member->get_to(field);
        }
    }
    template <class T, class Parse>
    void read_enum(const char* name, T& field, Parse parse) const
    {
        std::string text;
        read(name, text);
        if (const auto value = parse(text)) field = *value;
    }
    Reader nested(const char* name) const
    {
        static const json empty = json::object();
        const auto member = object_.find(name);
        return Reader{member == object_.end() || !member->is_object() ? empty : *member};
    }
    const json& object() const { return object_; }

private:
    const json& object_;
};

void read_policy(const Reader& flow, Policy& policy)
{
    const auto stored = flow.nested("policy");
    for (const auto kind : {Policy::Kind::Any, Policy::Kind::All}) {
        const auto list = stored.object().find(to_text(kind));
        if (list == stored.object().end()) continue;
        policy.kind = kind;
        policy.methods.clear();
        for (const auto& name : *list) {
            if (const auto method = parse_method(name.get<std::string>())) {
                policy.methods.push_back(*method);
            }
        }
    }
}

void read_methods(const Reader& methods, Flow& flow)
{
    const auto email = methods.nested("email");
    email.read("enabled", flow.email.enabled);
    email.read("otp_length", flow.email.otp_length);
    email.read("otp_ttl_seconds", flow.email.otp_ttl);
    email.read("max_attempts", flow.email.max_attempts);
    email.read("magic_link", flow.email.magic_link);

    const auto phone = methods.nested("phone");
    phone.read("enabled", flow.phone.enabled);
    phone.read("otp_length", flow.phone.otp_length);
    phone.read("otp_ttl_seconds", flow.phone.otp_ttl);
    phone.read("max_attempts", flow.phone.max_attempts);
    phone.read("channels", flow.phone.channels);
    phone.read("origin_host", flow.phone.origin_host);
    phone.read("sender_ids", flow.phone.sender_ids);
    phone.read("whatsapp_templates", flow.phone.whatsapp_templates);
    if (const auto fallback = phone.nested("fallback"); !fallback.object().empty()) {
        flow.phone.fallback = PhoneMethod::Fallback{};  // clang 14 can't emplace() one.
        fallback.read("after_seconds", flow.phone.fallback->after);
        fallback.read("to", flow.phone.fallback->to);
    }

    const auto biometric = methods.nested("biometric");
    biometric.read("enabled", flow.biometric.enabled);
    biometric.read("liveness_required", flow.biometric.liveness_required);
    if (biometric.object().contains("min_assurance")) {
        Assurance assurance{};
        std::string text;
        biometric.read("min_assurance", text);
        if (!text.empty()) {
            biometric.read_enum("min_assurance", assurance, parse_assurance);
            flow.biometric.min_assurance = assurance;
        }
    }
    biometric.read("accept_low_assurance", flow.biometric.accept_low_assurance);
    if (const auto fmr = biometric.object().find("match_fmr");
        fmr != biometric.object().end() && fmr->is_number()) {
        flow.biometric.match_fmr = fmr->get<double>();
    }
    biometric.read("validation_ttl_seconds", flow.biometric.validation_ttl);
    biometric.read("max_attempts", flow.biometric.max_attempts);
    biometric.read("require_consent", flow.biometric.require_consent);
    biometric.read("biometric_only", flow.biometric.biometric_only);
    biometric.read("reject_duplicate_faces", flow.biometric.reject_duplicate_faces);
    biometric.read("refresh_faces", flow.biometric.refresh_faces);
}

json project_document(const Project& project)
{
    return {{"name", project.name},
            {"allowed_countries", project.allowed_countries},
            {"default_language", contacts::to_text(project.default_language)},
            {"mode", to_text(project.mode)},
            {"contact_email", or_null(project.contact_email)},
            {"privacy_url", or_null(project.privacy_url)},
            {"terms_url", or_null(project.terms_url)},
            {"allowed_origins", project.allowed_origins},
            {"branding", to_json(project.branding)},
            {"retention", to_json(project.retention)}};
}

json flow_document(const Flow& flow)
{
    return {{"name", flow.name},
            {"status", to_text(flow.status)},
            {"redirect_urls", flow.redirect_urls},
            {"policy", policy_json(flow.policy)},
            {"reveal_unknown_users", flow.reveal_unknown_users},
            {"add_missing_contacts", flow.add_missing_contacts},
            {"allowed_email_domains", flow.allowed_email_domains},
            {"suggest_face_enrolment", flow.suggest_face_enrolment}};
}

/// Runs `read` on a parsed document; what isn't one of ours becomes an error.
template <class Read>
Result<void> with_document(std::string_view document, Read read)
{
    const auto parsed = parse_json(document);
    if (!parsed || !parsed->is_object()) {
        return Error{ErrorCode::Internal, "a stored document isn't a JSON object"};
    }
    try {
        read(Reader{*parsed});
    } catch (const json::exception& problem) {
        return Error{ErrorCode::Internal, std::string{"a stored document: "} + problem.what()};
    }
    return {};
}

}  // namespace

json to_json(const EmailMethod& method)
{
    return {{"enabled", method.enabled},
            {"otp_length", method.otp_length},
            {"otp_ttl_seconds", method.otp_ttl.count()},
            {"max_attempts", method.max_attempts},
            {"magic_link", method.magic_link}};
}

json to_json(const PhoneMethod& method)
{
    return {{"enabled", method.enabled},
            {"otp_length", method.otp_length},
            {"otp_ttl_seconds", method.otp_ttl.count()},
            {"max_attempts", method.max_attempts},
            {"channels", method.channels},
            {"fallback", fallback_json(method)},
            {"origin_host", or_null(method.origin_host)},
            {"sender_ids", method.sender_ids},
            {"whatsapp_templates", method.whatsapp_templates}};
}

json to_json(const BiometricMethod& method, Mode mode, const Policy& policy)
{
    auto shown = stored_biometric(method);
    shown["effective_min_assurance"] = to_text(effective_min_assurance(method, mode));
    shown["effective_match_fmr"] = effective_match_fmr(method, policy);
    return shown;
}

json to_json(const Project& project)
{
    auto shown = project_document(project);
    shown["project_id"] = project.id;
    shown["slug"] = project.slug;
    shown["created_at"] = to_rfc3339(project.created_at);
    shown["updated_at"] = to_rfc3339(project.updated_at);
    return shown;
}

json to_json(const Flow& flow, Mode mode)
{
    auto shown = flow_document(flow);
    shown["flow_id"] = flow.id;
    shown["project_id"] = flow.project_id;
    shown["type"] = "login";
    shown["source_id"] = or_null(flow.source_id);
    shown["methods"] = {{"email", to_json(flow.email)},
                        {"phone", to_json(flow.phone)},
                        {"biometric", to_json(flow.biometric, mode, flow.policy)}};
    shown["created_at"] = to_rfc3339(flow.created_at);
    shown["updated_at"] = to_rfc3339(flow.updated_at);
    return shown;
}

std::string to_document(const Project& project) { return project_document(project).dump(); }

std::string to_document(const Flow& flow)
{
    auto document = flow_document(flow);
    document["methods"] = {{"email", to_json(flow.email)},
                           {"phone", to_json(flow.phone)},
                           {"biometric", stored_biometric(flow.biometric)}};
    return document.dump();
}

Result<void> read_document(std::string_view document, Project& project)
{
    return with_document(document, [&](const Reader& stored) {
        stored.read("name", project.name);
        stored.read("allowed_countries", project.allowed_countries);
        stored.read_enum("default_language", project.default_language, contacts::parse_language);
        stored.read_enum("mode", project.mode, parse_mode);
        stored.read("contact_email", project.contact_email);
        stored.read("privacy_url", project.privacy_url);
        stored.read("terms_url", project.terms_url);
        stored.read("allowed_origins", project.allowed_origins);

        const auto branding = stored.nested("branding");
        branding.read("logo_url", project.branding.logo_url);
        branding.read("primary_color", project.branding.primary_color);
        branding.read("background_color", project.branding.background_color);
        branding.read("text_color", project.branding.text_color);
        branding.read("image_url", project.branding.image_url);

        const auto retention = stored.nested("retention");
        retention.read("unused_faces_days", project.retention.unused_faces);
        retention.read("validations_days", project.retention.validations);
        retention.read("messages_days", project.retention.messages);
        retention.read("client_addresses_days", project.retention.client_addresses);
        retention.read("events_days", project.retention.events);
        retention.read("audit_days", project.retention.audit);
        retention.read("inbox_days", project.retention.inbox);
    });
}

Result<void> read_document(std::string_view document, Flow& flow)
{
    return with_document(document, [&](const Reader& stored) {
        stored.read("name", flow.name);
        stored.read_enum("status", flow.status, parse_flow_status);
        stored.read("redirect_urls", flow.redirect_urls);
        read_policy(stored, flow.policy);
        stored.read("reveal_unknown_users", flow.reveal_unknown_users);
        stored.read("add_missing_contacts", flow.add_missing_contacts);
        stored.read("allowed_email_domains", flow.allowed_email_domains);
        stored.read("suggest_face_enrolment", flow.suggest_face_enrolment);
        read_methods(stored.nested("methods"), flow);
    });
}

}  // namespace accessd::projects
