#include "delivery/text_sender.h"

#include "delivery/http_sender.h"
#include "delivery/twilio_sender.h"
#include "delivery/vonage_sender.h"
#include "delivery/whatsapp_sender.h"

#include <cstdlib>
#include <utility>

namespace accessd::delivery {

std::unique_ptr<TextSender> make_text_sender(TextSenderParts parts)
{
    switch (parts.account.kind) {
    case SenderKind::Twilio: return std::make_unique<TwilioSender>(std::move(parts));
    case SenderKind::Vonage: return std::make_unique<VonageSender>(std::move(parts));
    case SenderKind::WhatsAppCloud: return std::make_unique<WhatsAppSender>(std::move(parts));
    case SenderKind::Http: return std::make_unique<HttpSender>(std::move(parts));
    case SenderKind::Smtp: break;
    }
    std::abort();
}

}  // namespace accessd::delivery
