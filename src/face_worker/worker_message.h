#pragma once

#include "face/analysis.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace accessd::face_worker {

/// Server and worker talk over one socket, in turns: the worker says Ready or Broken once, then answers each
/// request with one reply. A message is its head, then so many bytes.
struct MessageHead {
    std::uint32_t magic = 0;
    std::uint32_t kind = 0;
    std::uint32_t bytes = 0;
};
inline constexpr std::uint32_t kMagic = 0x31574641;  ///< "AFW1"; the number rises with the form.
inline constexpr std::size_t kHeadBytes = sizeof(MessageHead);
/// A picture of 6 MiB and what is wanted of it.
inline constexpr std::uint32_t kRequestBytesMax = 6U * 1024 * 1024 + 64;
/// Most of it are 64 faces; the mesh is 6 KiB.
inline constexpr std::uint32_t kReplyBytesMax = 256U * 1024;

enum class RequestKind : std::uint32_t { Analyse = 1 };

enum class ReplyKind : std::uint32_t {
    Ready = 1,   ///< Once: models are loaded, the sandbox is closed.
    Broken = 2,  ///< Once, instead: a sentence for the operator.
    Answer = 3,
    Refusal = 4,  ///< The picture can't be used: a sentence for who sent it.
    Failure = 5,  ///< A model failed: a sentence for the log.
};
inline constexpr auto kLastReplyKind = ReplyKind::Failure;

struct Request {
    std::uint32_t kind = 0;
    std::string body;
};
struct Reply {
    ReplyKind kind = ReplyKind::Failure;
    std::string body;
};

std::string head_bytes(std::uint32_t kind, std::size_t body_bytes);
/// Nothing where it is not one, or announces more than `bytes_max`.
std::optional<MessageHead> read_head(std::string_view bytes, std::uint32_t bytes_max);
/// Nothing where the head is not one of a reply.
std::optional<MessageHead> read_reply_head(std::string_view bytes);

/// Body of an Analyse request.
std::string to_request(std::string_view image, const face::Wanted& wanted);
struct AnalyseRequest {
    face::Wanted wanted;
    std::string_view image;  ///< Looks into the request's bytes.
};
std::optional<AnalyseRequest> read_request(std::string_view body);

/// Body of Ready.
struct ReadyNote {
    std::string model;
    bool has_passive = false;
};
std::string to_body(const ReadyNote& note);
std::optional<ReadyNote> read_ready(std::string_view body);

/// Body of an Answer to Analyse. Further faces than 64 are left out.
std::string to_body(const face::Analysis& analysis);
/// Strict, because a worker may have been taken over by a picture: numbers are finite, counts and lengths within
/// what an engine gives. Nothing otherwise.
std::optional<face::Analysis> read_analysis(std::string_view body);

/// A worker's sentence, safe to show: printable ASCII, 500 characters at most; else empty.
std::string safe_sentence(std::string_view text);

}  // namespace accessd::face_worker
