#include "biometrics/template_bytes.h"

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

namespace accessd::biometrics {
namespace {

constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kWord = 4;
constexpr std::uint32_t kEmbeddingsMax = 100;  // Far above ours; bounds what a mistake allocates.
constexpr std::uint32_t kNumbersMax = 16 * 1024;

void put(std::string& bytes, std::uint32_t word)
{
    for (std::size_t i = 0; i < kWord; ++i, word >>= 8U) {
        bytes += static_cast<char>(word & 255U);
    }
}

void put(std::string& bytes, const std::vector<float>& numbers)
{
    for (const float number : numbers) put(bytes, std::bit_cast<std::uint32_t>(number));
}

/// Takes bytes off the front; nothing once they don't suffice.
class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    std::uint32_t word()
    {
        if (bytes_.size() < kWord) {
            is_good_ = false;
            return 0;
        }
        std::uint32_t word = 0;
        for (std::size_t i = kWord; i-- > 0;) {
            word = word << 8U | static_cast<unsigned char>(bytes_[i]);
        }
        bytes_.remove_prefix(kWord);
        return word;
    }
    std::string text(std::size_t length)
    {
        if (bytes_.size() < length) {
            is_good_ = false;
            return {};
        }
        std::string text{bytes_.substr(0, length)};
        bytes_.remove_prefix(length);
        return text;
    }
    std::vector<float> numbers(std::size_t count)
    {
        std::vector<float> found;
        if (bytes_.size() < count * kWord) {
            is_good_ = false;
            return found;
        }
        found.reserve(count);
        for (std::size_t i = 0; i < count; ++i) found.push_back(std::bit_cast<float>(word()));
        return found;
    }
    bool is_good() const { return is_good_; }
    bool is_at_end() const { return is_good_ && bytes_.empty(); }

private:
    std::string_view bytes_;
    bool is_good_ = true;
};

}  // namespace

std::string to_bytes(const face::Template& known)
{
    std::string bytes;
    put(bytes, kVersion);
    put(bytes, static_cast<std::uint32_t>(known.model.size()));
    bytes += known.model;
    put(bytes, static_cast<std::uint32_t>(known.embeddings.size()));
    put(bytes, static_cast<std::uint32_t>(known.mean.size()));
    put(bytes, known.mean);
    for (const auto& embedding : known.embeddings) put(bytes, embedding);
    return bytes;
}

Result<face::Template> template_of(std::string_view bytes)
{
    Reader reader{bytes};
    const bool is_known = reader.word() == kVersion;
    face::Template known;
    known.model = reader.text(reader.word());
    const auto embeddings = reader.word();
    const auto numbers = reader.word();
    if (!is_known || !reader.is_good() || embeddings > kEmbeddingsMax || numbers > kNumbersMax) {
        return Error{ErrorCode::Internal, "a face's template isn't one of ours"};
    }
    known.mean = reader.numbers(numbers);
    for (std::uint32_t i = 0; i < embeddings; ++i) {
        known.embeddings.push_back(reader.numbers(numbers));
    }
    if (!reader.is_at_end()) {
        return Error{ErrorCode::Internal, "a face's template has the wrong length"};
    }
    return known;
}

}  // namespace accessd::biometrics
