#include "delivery/sealed_code.h"

#include <algorithm>

namespace accessd::delivery {
namespace {

constexpr char kSeparator = '\n';

}  // namespace

std::string to_sealed_text(std::string_view code, std::string_view link_token)
{
    std::string text{code};
    if (!link_token.empty()) (text += kSeparator) += link_token;
    return text;
}

CodeAndLink from_sealed_text(const Secret& text)
{
    const auto& all = text.reveal();
    const auto end = std::min(all.find(kSeparator), all.size());
    const auto rest = std::min(end + 1, all.size());
    return {Secret{all.substr(0, end)}, Secret{all.substr(rest)}};
}

std::string login_link(std::string_view public_url, const Secret& token)
{
    return std::string{public_url} + "/login/link/" + token.reveal();
}

std::string unlock_link(std::string_view public_url, const Secret& token)
{
    return std::string{public_url} + "/login/unlock/" + token.reveal();
}

}  // namespace accessd::delivery
