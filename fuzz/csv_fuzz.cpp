// Files of people, and the queries of sources: what comes in is read in bounds, and reads the same whatever pieces it
// comes in.

#include "fuzz.h"

#include "base/encoding.h"
#include "sources/http_source_client.h"
#include "sources/query_text.h"
#include "users/csv_reader.h"
#include "users/user_csv.h"

#include <algorithm>

namespace accessd::fuzz {
namespace {

using users::CsvReader;
using users::CsvRecord;

std::vector<CsvRecord> read_all(std::string_view text, std::size_t piece)
{
    CsvReader reader{[=, at = std::size_t{0}](std::span<char> into) mutable {
        const auto count = std::min({piece, into.size(), text.size() - at});
        std::copy_n(text.data() + at, count, into.begin());
        at += count;
        return count;
    }};
    std::vector<CsvRecord> records;
    CsvRecord record;
    while (reader.next(record)) {
        std::size_t bytes = 0;
        for (const auto& field : record.fields) bytes += field.size();
        require(bytes <= CsvReader::kRecordBytesMax, "a record has a bound");
        require(record.fields.size() <= CsvReader::kFieldsMax, "so has the number of its fields");
        require(record.problem.empty() != record.fields.empty(),
                "a record has fields or a problem");
        require(records.empty() || records.back().line < record.line, "lines rise");
        records.push_back(record);
    }
    require(reader.bytes_read() == static_cast<std::int64_t>(text.size()), "all of it is read");
    return records;
}

void check_csv(std::string_view text)
{
    const auto whole = read_all(text, text.size() + 1);
    const auto pieces = read_all(text, 3);
    require(whole.size() == pieces.size(), "pieces change no number of records");
    for (std::size_t i = 0; i < whole.size(); ++i) {
        require(whole[i].fields == pieces[i].fields && whole[i].problem == pieces[i].problem &&
                    whole[i].line == pieces[i].line,
                "pieces change no record");
    }
}

void check_query(std::string_view text)
{
    using sources::Placeholder;
    for (const auto placeholder :
         {Placeholder::Dollar, Placeholder::Question, Placeholder::Named}) {
        const auto read = sources::read_query(text, placeholder, "query");
        if (!read) {
            require(!read.error().fields.empty(), "a refusal says why");
            continue;
        }
        require(!read->parameters.empty(), "a query asks for somebody");
        require(read->sql.find('\\') == std::string::npos, "nothing is read in two ways");
    }
}

void check_url(std::string_view text)
{
    const std::string_view url = "https://x.example/{email}/y?e={email}";
    const auto filled = sources::fill_url(url, {users::ContactKind::Email, std::string{text}});
    require(filled.starts_with("https://x.example/") &&
                filled.ends_with(filled.substr(filled.find("?e="))),
            "a contact moves nothing");
    require(std::count(filled.begin(), filled.end(), '/') == 4, "a contact is one piece of a path");
    require(std::count(filled.begin(), filled.end(), '?') == 1 &&
                std::count(filled.begin(), filled.end(), '#') == 0 &&
                std::count(filled.begin(), filled.end(), '&') == 0,
            "a contact is one value of a query");
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto text = accessd::fuzz::to_view(data, size);
    accessd::fuzz::check_csv(text);
    accessd::fuzz::check_query(text);
    accessd::fuzz::check_url(text);
    return 0;
}
