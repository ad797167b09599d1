#include "delivery/receipt_store.h"

#include <cstdlib>

namespace accessd::delivery {

std::string_view to_text(Receipt::Kind kind)
{
    switch (kind) {
    case Receipt::Kind::Delivered: return "delivered";
    case Receipt::Kind::Bounced: return "bounced";
    case Receipt::Kind::Complained: return "complained";
    case Receipt::Kind::Deferred: return "deferred";
    }
    std::abort();
}

std::optional<Receipt::Kind> parse_receipt_kind(std::string_view text)
{
    using enum Receipt::Kind;
    for (const auto kind : {Delivered, Bounced, Complained, Deferred}) {
        if (text == to_text(kind)) return kind;
    }
    return std::nullopt;
}

}  // namespace accessd::delivery
