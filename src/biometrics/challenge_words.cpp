#include "biometrics/challenge_words.h"

#include "face/challenge.h"

namespace accessd::biometrics {

std::vector<std::string> prompts_of(const std::string& challenge)
{
    std::vector<std::string> words;
    const auto parsed = face::parse_challenge(challenge);
    if (!parsed) return words;
    for (const auto prompt : parsed->prompts) words.emplace_back(face::to_text(prompt));
    return words;
}

}  // namespace accessd::biometrics
