#include "biometrics/picture_field_handlers.h"

#include "base/encoding.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace accessd::biometrics {
namespace {

constexpr std::size_t kPictureBytesMax = 6 * 1024 * 1024;  // Source: api.md, section 6.
constexpr std::size_t kGroup = 4;                          // Characters for three bytes.
constexpr std::array<std::string_view, 4> kPrefixes{
    "data:image/jpeg;base64,", "data:image/jpg;base64,", "data:image/png;base64,",
    "data:application/octet-stream;base64,"};

Error not_a_picture(std::string sentence)
{
    return Error{ErrorCode::InvalidImage}.saying(std::move(sentence));
}

}  // namespace

std::optional<std::string> read_picture(http::Fields& body, std::string_view name, bool required)
{
    const auto value = body.json(name, required, kPicturesBytesMax, false);
    if (!value) return std::nullopt;
    if (value->is_string()) return value->get<std::string>();
    body.refuse(name, "must be a string: a picture in base64");
    return std::nullopt;
}

std::optional<std::vector<std::string>> read_pictures(http::Fields& body, std::string_view name,
                                                      bool required, std::size_t count_min,
                                                      std::size_t count_max)
{
    const auto value = body.json(name, required, kPicturesBytesMax, false);
    if (!value) return std::nullopt;
    const bool is_list = value->is_array() && value->size() >= count_min &&
                         value->size() <= count_max &&
                         std::all_of(value->begin(), value->end(),
                                     [](const nlohmann::json& item) { return item.is_string(); });
    if (is_list) return value->get<std::vector<std::string>>();
    body.refuse(name, "must be a list of " + std::to_string(count_min) + " to " +
                          std::to_string(count_max) + " pictures in base64");
    return std::nullopt;
}

Result<std::string> picture_of(std::string_view text)
{
    for (const auto prefix : kPrefixes) {
        if (!text.starts_with(prefix)) continue;
        text.remove_prefix(prefix.size());
        break;
    }
    if (text.starts_with("data:")) return not_a_picture("This isn't a JPEG or PNG as a data URI.");
    if (text.size() / kGroup * 3 > kPictureBytesMax + 2) {
        return not_a_picture("A picture may have 6 MiB at most. Send a smaller one.");
    }
    const bool is_padded = text.size() % kGroup == 0;
    for (int i = 0; i < 2 && is_padded && text.ends_with('='); ++i) text.remove_suffix(1);
    std::string url_form{text};
    const bool is_other_form = url_form.find_first_of("-_") != std::string::npos;
    std::replace(url_form.begin(), url_form.end(), '+', '-');
    std::replace(url_form.begin(), url_form.end(), '/', '_');
    auto bytes = from_base64url(url_form);
    if (!bytes || bytes->empty() || is_other_form) {
        return not_a_picture("This isn't base64 (RFC 4648, section 4).");
    }
    if (bytes->size() > kPictureBytesMax) {
        return not_a_picture("A picture may have 6 MiB at most. Send a smaller one.");
    }
    return *std::move(bytes);
}

Result<std::vector<std::string>> pictures_of(const std::vector<std::string>& texts)
{
    std::vector<std::string> pictures;
    for (const auto& text : texts) {
        auto picture = picture_of(text);
        if (!picture) {
            return std::move(picture).error().with("index",
                                                   static_cast<std::int64_t>(pictures.size()));
        }
        pictures.push_back(*std::move(picture));
    }
    return pictures;
}

}  // namespace accessd::biometrics
