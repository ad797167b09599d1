#pragma once

#include "contacts/channel.h"

#include <optional>
#include <string>
#include <string_view>

namespace accessd::delivery {

/// What a message to a phone is about.
struct TextFacts {
    contacts::Language language{};
    std::string project_name;
    std::string code;
    int minutes_valid = 1;
    /// The site that the code is for, which phones then offer it to alone; empty: no such line.
    /// Source: WICG, "Origin-bound one-time codes delivered via SMS".
    std::string origin_host;
};

/// An SMS in the words of its language: one segment, so the project's name is written in the letters that
/// SMS has and shortened where it must be. Names in other scripts may cost a second segment.
std::string render_sms(const TextFacts& facts);

/// What WhatsApp's authentication templates say: the inbox shows it, and senders take it that have no
/// templates of their own.
std::string render_whatsapp(const TextFacts& facts);

/// The template that render_sms() fills in, for owners who want to start from it.
std::string built_in_sms(contacts::Language language);

/// Fills an owner's template in and ends it with the origin-bound line. Nothing if it can't be read.
std::optional<std::string> render_own_sms(const std::string& source, const TextFacts& facts);

/// More than these no owner's template may cost: networks bill each.
inline constexpr int kSegmentsMax = 2;

}  // namespace accessd::delivery
