#include "face_worker/worker_message.h"

#include "face_worker/wire.h"

#include <algorithm>
#include <cstring>

namespace accessd::face_worker {
namespace {

constexpr std::size_t kSentenceMax = 500;
constexpr std::uint32_t kModelBytesMax = 200;
constexpr auto kLastPurpose = face::Purpose::Enrolment;

}  // namespace

std::string head_bytes(std::uint32_t kind, std::size_t body_bytes)
{
    const MessageHead head{kMagic, kind, static_cast<std::uint32_t>(body_bytes)};
    std::string bytes(kHeadBytes, '\0');
    std::memcpy(bytes.data(), &head, kHeadBytes);
    return bytes;
}

std::optional<MessageHead> read_head(std::string_view bytes, std::uint32_t bytes_max)
{
    if (bytes.size() != kHeadBytes) return std::nullopt;
    MessageHead head;
    std::memcpy(&head, bytes.data(), kHeadBytes);
    if (head.magic != kMagic || head.bytes > bytes_max) return std::nullopt;
    return head;
}

std::optional<MessageHead> read_reply_head(std::string_view bytes)
{
    const auto head = read_head(bytes, kReplyBytesMax);
    const auto last = static_cast<std::uint32_t>(kLastReplyKind);
    if (!head || head->kind < 1 || head->kind > last) return std::nullopt;
    return head;
}

std::string to_request(std::string_view image, const face::Wanted& wanted)
{
    WireWriter writer;
    writer.u8(static_cast<std::uint8_t>(wanted.purpose));
    writer.flag(wanted.mesh);
    writer.flag(wanted.embedding);
    writer.flag(wanted.passive);
    writer.flag(wanted.fingerprint);
    return writer.take() + std::string{image};
}

std::optional<AnalyseRequest> read_request(std::string_view body)
{
    WireReader reader{body};
    AnalyseRequest request;
    const auto purpose = reader.up_to(static_cast<std::uint8_t>(kLastPurpose));
    request.wanted.purpose = static_cast<face::Purpose>(purpose);
    request.wanted.mesh = reader.flag();
    request.wanted.embedding = reader.flag();
    request.wanted.passive = reader.flag();
    request.wanted.fingerprint = reader.flag();
    request.image = reader.rest();
    if (!reader.is_whole()) return std::nullopt;
    return request;
}

std::string to_body(const ReadyNote& note)
{
    WireWriter writer;
    writer.text(note.model);
    writer.flag(note.has_passive);
    return writer.take();
}

std::optional<ReadyNote> read_ready(std::string_view body)
{
    WireReader reader{body};
    ReadyNote note;
    note.model = reader.text(kModelBytesMax);
    note.has_passive = reader.flag();
    if (!reader.is_whole()) return std::nullopt;
    return note;
}

std::string safe_sentence(std::string_view text)
{
    const bool is_safe =
        text.size() <= kSentenceMax &&
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    return is_safe ? std::string{text} : std::string{};
}

}  // namespace accessd::face_worker
