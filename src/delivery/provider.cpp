#include "delivery/provider.h"

#include <algorithm>
#include <cstdlib>

namespace accessd::delivery {
namespace {

using Type = ProviderField::Type;

const std::vector<ProviderField>& twilio_fields()
{
    static const std::vector<ProviderField> fields{
        {.name = "account_sid", .is_required = true, .names_account = true},
        {.name = "auth_token", .is_required = true, .is_secret = true},
        {.name = "from"},
        {.name = "messaging_service_sid"},
        {.name = "content_sid"},  // Of the approved WhatsApp template.
        {.name = "base_url", .type = Type::Url, .standard = "https://api.twilio.com"},
    };
    return fields;
}

const std::vector<ProviderField>& vonage_fields()
{
    static const std::vector<ProviderField> fields{
        {.name = "api_key", .is_required = true, .names_account = true},
        {.name = "api_secret", .is_required = true, .is_secret = true},
        {.name = "signature_secret", .is_secret = true},  // Signs receipts.
        {.name = "from", .is_required = true},
        {.name = "template", .max = 512},  // For WhatsApp.
        {.name = "language_en", .standard = "en"},
        {.name = "language_es", .standard = "es"},
        {.name = "language_pt", .standard = "pt_BR"},
        {.name = "base_url", .type = Type::Url, .standard = "https://api.nexmo.com"},
    };
    return fields;
}

const std::vector<ProviderField>& whatsapp_cloud_fields()
{
    static const std::vector<ProviderField> fields{
        {.name = "phone_number_id", .is_required = true, .names_account = true},
        {.name = "access_token", .is_required = true, .is_secret = true, .max = 1000},
        {.name = "app_secret", .is_secret = true},    // Signs receipts.
        {.name = "verify_token", .is_secret = true},  // For the handshake of receipts.
        {.name = "template", .is_required = true, .max = 512},
        {.name = "language_en", .standard = "en"},
        {.name = "language_es", .standard = "es"},
        {.name = "language_pt", .standard = "pt_BR"},
        {.name = "version", .standard = "v21.0"},
        {.name = "base_url", .type = Type::Url, .standard = "https://graph.facebook.com"},
    };
    return fields;
}

const std::vector<ProviderField>& http_fields()
{
    static const std::vector<ProviderField> fields{
        {.name = "url", .is_required = true, .type = Type::Url, .max = 2000},
        {.name = "method",
         .type = Type::Choice,
         .choices = {"POST", "PUT", "GET"},
         .standard = "POST"},
        {.name = "headers", .is_secret = true, .type = Type::Object, .max = 4096},
        {.name = "content", .type = Type::Choice, .choices = {"json", "form"}, .standard = "json"},
        {.name = "body", .type = Type::Object, .max = 4096},
        {.name = "from"},
        {.name = "success_pointer", .max = 200},  // JSON Pointer; empty: a 2xx is success.
        {.name = "success_value", .max = 200},
        {.name = "id_pointer", .max = 200},
        {.name = "receipts", .type = Type::Choice, .choices = {"no", "yes"}, .standard = "no"},
    };
    return fields;
}

}  // namespace

std::string_view to_text(SenderKind kind)
{
    switch (kind) {
    case SenderKind::Smtp: return "smtp";
    case SenderKind::Twilio: return "twilio";
    case SenderKind::Vonage: return "vonage";
    case SenderKind::WhatsAppCloud: return "whatsapp_cloud";
    case SenderKind::Http: return "http";
    }
    std::abort();
}

std::optional<SenderKind> parse_sender_kind(std::string_view text)
{
    using enum SenderKind;
    for (const auto kind : {Smtp, Twilio, Vonage, WhatsAppCloud, Http}) {
        if (text == to_text(kind)) return kind;
    }
    return std::nullopt;
}

bool carries(SenderKind kind, contacts::Channel channel)
{
    using contacts::Channel;
    switch (kind) {
    case SenderKind::Smtp: return channel == Channel::Email;
    case SenderKind::WhatsAppCloud: return channel == Channel::WhatsApp;
    case SenderKind::Twilio:
    case SenderKind::Vonage:
    case SenderKind::Http: return contacts::is_phone(channel);
    }
    std::abort();
}

const std::vector<ProviderField>& provider_fields(SenderKind kind)
{
    static const std::vector<ProviderField> none;
    switch (kind) {
    case SenderKind::Smtp: return none;
    case SenderKind::Twilio: return twilio_fields();
    case SenderKind::Vonage: return vonage_fields();
    case SenderKind::WhatsAppCloud: return whatsapp_cloud_fields();
    case SenderKind::Http: return http_fields();
    }
    std::abort();
}

std::string ProviderAccount::setting(std::string_view name) const
{
    const auto found = settings.find(std::string{name});
    if (found != settings.end() && !found->second.empty()) return found->second;
    const auto& fields = provider_fields(kind);
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const ProviderField& one) { return one.name == name; });
    return field == fields.end() ? std::string{} : std::string{field->standard};
}

const Secret& ProviderAccount::secret(std::string_view name) const
{
    static const Secret none;
    const auto found = secrets.find(std::string{name});
    return found == secrets.end() ? none : found->second;
}

}  // namespace accessd::delivery
