#include "users/csv_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace accessd::test {
namespace {

using users::CsvReader;
using users::CsvRecord;

/// Hands a text out in pieces, so that every border falls everywhere once.
CsvReader reader_of(std::string text, std::size_t piece = 1 << 20)
{
    return CsvReader{
        [text = std::move(text), piece, at = std::size_t{0}](std::span<char> into) mutable {
            const auto count = std::min({piece, into.size(), text.size() - at});
            std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), count, into.begin());
            at += count;
            return count;
        }};
}

std::vector<CsvRecord> read_all(const std::string& text, std::size_t piece = 1 << 20)
{
    auto reader = reader_of(text, piece);
    std::vector<CsvRecord> records;
    CsvRecord record;
    while (reader.next(record)) records.push_back(record);
    return records;
}

using Fields = std::vector<std::string>;

TEST(CsvReader, ReadsWhatRfc4180Says)
{
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 100U}) {
        const auto records = read_all("a,b,c\r\n1,\"x, \"\"y\"\"\r\nz\",\r\n\r\n\"\",é,3", piece);
        ASSERT_EQ(records.size(), 3U);
        EXPECT_EQ(records[0].fields, (Fields{"a", "b", "c"}));
        EXPECT_EQ(records[1].fields, (Fields{"1", "x, \"y\"\r\nz", ""}));
        EXPECT_EQ(records[2].fields, (Fields{"", "é", "3"}));
        EXPECT_EQ(records[0].line, 1);
        EXPECT_EQ(records[1].line, 2);
        EXPECT_EQ(records[2].line, 5);
    }
}

TEST(CsvReader, FindsTheDelimiterAndSkipsTheMark)
{
    for (const char delimiter : {',', ';', '\t', '|'}) {
        const std::string d{delimiter};
        auto reader = reader_of("\xEF\xBB\xBFname" + d + "email\nA" + d + "b\n");
        CsvRecord record;
        ASSERT_TRUE(reader.next(record));
        EXPECT_EQ(record.fields, (Fields{"name", "email"}));
        EXPECT_EQ(reader.delimiter(), delimiter);
    }
    EXPECT_EQ(read_all("\"a,b,c\";d\n")[0].fields, (Fields{"a,b,c", "d"}));
}

TEST(CsvReader, GoesOnBehindARecordThatBreaksTheForm)
{
    for (const char* broken : {"a\"b", "\"a\"b", "\"a\" ,b"}) {
        const auto records = read_all("h\n" + std::string{broken} + "\nok\n");
        ASSERT_EQ(records.size(), 3U) << broken;
        EXPECT_NE(records[1].problem, "") << broken;
        EXPECT_TRUE(records[1].fields.empty());
        EXPECT_EQ(records[2].fields, Fields{"ok"});
    }
    const auto open = read_all("h\n\"never closed\nmore\n");
    ASSERT_EQ(open.size(), 2U);
    EXPECT_NE(open[1].problem, "");
}

TEST(CsvReader, HasBounds)
{
    const auto longer =
        read_all("h\n\"" + std::string(CsvReader::kRecordBytesMax + 10, 'x') + "\nok\n");
    ASSERT_EQ(longer.size(), 3U);
    EXPECT_NE(longer[1].problem, "");
    EXPECT_EQ(longer[2].fields, Fields{"ok"});
    const auto wide = read_all("h\n" + std::string(CsvReader::kFieldsMax + 5, ',') + "\nok\n");
    ASSERT_EQ(wide.size(), 3U);
    EXPECT_NE(wide[1].problem, "");
    EXPECT_NE(read_all("\xFF\xFEn\0", 4).at(0).problem, "");
}

TEST(CsvReader, KnowsTheEnd)
{
    EXPECT_TRUE(read_all("").empty());
    EXPECT_TRUE(read_all("\n\r\n\n").empty());
    EXPECT_EQ(read_all("a").size(), 1U);
    EXPECT_EQ(read_all("a,").at(0).fields, (Fields{"a", ""}));
}

}  // namespace
}  // namespace accessd::test
