#include "delivery/gsm7.h"

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <memory>

namespace accessd::delivery {
namespace {

// Source: 3GPP TS 23.038, 6.2.1 and 6.2.1.1.
constexpr std::u16string_view kBasic =
    u"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    u"ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr std::u16string_view kExtended = u"^{}\\[~]|€\f";  // Two septets each.

int septets_of(char16_t unit)
{
    if (kBasic.find(unit) != std::u16string_view::npos) return 1;
    return kExtended.find(unit) != std::u16string_view::npos ? 2 : 0;
}

/// One per thread: ICU's transliterators aren't shared.
const icu::Transliterator* latin_ascii()
{
    thread_local const auto made = [] {
        UErrorCode status = U_ZERO_ERROR;
        std::unique_ptr<icu::Transliterator> transliterator{icu::Transliterator::createInstance(
            icu::UnicodeString{"Latin-ASCII"}, UTRANS_FORWARD, status)};
        return U_SUCCESS(status) ? std::move(transliterator) : nullptr;
    }();
    return made.get();
}

bool is_gsm7(const icu::UnicodeString& text)
{
    for (int i = 0; i < text.length(); ++i) {
        if (septets_of(text[i]) == 0) return false;
    }
    return true;
}

}  // namespace

std::optional<int> gsm7_septets(std::string_view utf8)
{
    const auto text = icu::UnicodeString::fromUTF8({utf8.data(), static_cast<int>(utf8.size())});
    int septets = 0;
    for (int i = 0; i < text.length(); ++i) {
        const int taken = septets_of(text[i]);
        if (taken == 0) return std::nullopt;
        septets += taken;
    }
    return septets;
}

int sms_segments(std::string_view utf8)
{
    const auto segments = [](int length, int in_one, int in_each) {
        return length <= in_one ? 1 : (length + in_each - 1) / in_each;
    };
    if (const auto septets = gsm7_septets(utf8)) return segments(*septets, 160, 153);
    const auto text = icu::UnicodeString::fromUTF8({utf8.data(), static_cast<int>(utf8.size())});
    return segments(text.length(), 70, 67);
}

std::string to_gsm7_letters(std::string_view utf8)
{
    const auto text = icu::UnicodeString::fromUTF8({utf8.data(), static_cast<int>(utf8.size())});
    icu::UnicodeString written;
    for (int i = 0; i < text.length();) {
        const auto point = text.char32At(i);
        const icu::UnicodeString original{point};
        i += U16_LENGTH(point);
        auto replaced = original;
        if (!is_gsm7(original) && latin_ascii() != nullptr) latin_ascii()->transliterate(replaced);
        written += is_gsm7(replaced) ? replaced : original;
    }
    std::string made;
    return written.toUTF8String(made);
}

}  // namespace accessd::delivery
