#include "sweep/entries.h"

#include <gmock/gmock.h>

#include <map>

#include "sweep_texts.h"

namespace ksweep {
namespace {

std::string listed(const std::vector<Entry>& entries) {
  std::string all;
  for (const Entry& entry : entries) all += entry.where + " " + entry.key + "=" + entry.value + "\n";
  return all;
}

std::string read(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return listed(read_entries(text, "x.cfg", overrides));
}

std::string refusal_of_entries(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return refusal([&] { read(text, overrides); });
}

TEST(Entries, EachAssignmentKnowsItsLine) {
  EXPECT_EQ(read("# a comment\ntitle = What? # why\n\n[model]\n  k = 10, 25\n[train]\nseed=0..4\n"),
            "x.cfg:2 title=What?\nx.cfg:5 model.k=10, 25\nx.cfg:7 train.seed=0..4\n");
}

TEST(Entries, WindowsLineEndsAndAByteOrderMarkAreNoMatter) {
  EXPECT_EQ(read("\xEF\xBB\xBFtitle = a\r\n[model]\r\nk = 10\r\n"), "x.cfg:1 title=a\nx.cfg:3 model.k=10\n");
}

TEST(Entries, AnOverrideTakesThePlaceOfWhatTheFileSays) {
  EXPECT_EQ(read("[model]\nk = 10\nhidden = 100\n", {"model.k=25", "train.seed = 0..2"}),
            "--set model.k=25\nx.cfg:3 model.hidden=100\n--set train.seed=0..2\n");
}

TEST(Entries, RepeatableKeysAreOverriddenAsAWhole) {
  const std::string file = "[grid]\nexclude = model.k=1\nexclude = model.k=2\n";
  EXPECT_EQ(read(file), "x.cfg:2 grid.exclude=model.k=1\nx.cfg:3 grid.exclude=model.k=2\n");
  EXPECT_EQ(read(file, {"grid.exclude=model.k=3"}), "--set grid.exclude=model.k=3\n");
  EXPECT_EQ(read(file, {"grid.exclude="}), "");
}

TEST(Entries, AMistypedKeyIsAnsweredWithTheNearest) {
  EXPECT_EQ(
      refusal_of_entries("[model]\nhiden = 10\n"),
      "x.cfg:2: model.hiden is no key of a sweep file: it would do nothing. Did you mean model.hidden?");
}

TEST(Entries, AKeyInTheWrongSectionIsAnsweredWithTheRightOne) {
  EXPECT_EQ(refusal_of_entries("[train]\nk = 10\n"),
            "x.cfg:2: train.k is no key of a sweep file: it would do nothing. Did you mean model.k?");
  EXPECT_EQ(refusal_of_entries("seeds = 10\n"),
            "x.cfg:1: seeds is no key of a sweep file: it would do nothing. Did you mean train.seed?");
  EXPECT_EQ(refusal_of_entries("[data]\ntitle = x\n"),
            "x.cfg:2: data.title is no key of a sweep file: it would do nothing. Did you mean title?");
}

TEST(Entries, WhatOthersCallAKeyIsAnsweredWithItsName) {
  for (const auto& [key, meant] :
       std::map<std::string, std::string>{{"train.lr", "train.learning_rate"},
                                          {"lr", "train.learning_rate"},
                                          {"train.Learning-Rate", "train.learning_rate"},
                                          {"train.batch_size", "train.batch"},
                                          {"model.d_sae", "model.hidden"},
                                          {"model.top_k", "model.k"}})
    EXPECT_EQ(
        refusal_of_entries(key + " = 1\n"),
        "x.cfg:1: " + key + " is no key of a sweep file: it would do nothing. Did you mean " + meant + "?");
}

TEST(Entries, AKeyLikeNoOtherIsAnsweredWithTheListOfKeys) {
  EXPECT_EQ(refusal_of_entries("[model]\ncolour_of_hair = 10\n"),
            "x.cfg:2: model.colour_of_hair is no key of a sweep file: it would do nothing. `ksweep plan "
            "--keys` lists all "
            "keys.");
}

TEST(Entries, AMistypedSectionIsRefusedWhereItStands) {
  EXPECT_EQ(
      refusal_of_entries("\n[modle]\nk = 10\n"),
      "x.cfg:2: [modle] is no section of a sweep file: its keys would do nothing. Did you mean [model]?");
  EXPECT_EQ(refusal_of_entries("[]\nk = 10\n"),
            "x.cfg:1: [] is no section of a sweep file: its keys would do nothing. Sections are data, model, "
            "train, probe, "
            "results, report, grid.");
}

TEST(Entries, ALineThatAssignsNothingIsRefused) {
  EXPECT_EQ(refusal_of_entries("[model]\nhidden 1000\n"),
            "x.cfg:2: \"hidden 1000\" is neither [section] nor key = value: it would be lost. Write it as "
            "key = value, or "
            "begin the line with # if it is a comment.");
}

TEST(Entries, AKeyWithoutValueIsRefused) {
  EXPECT_EQ(refusal_of_entries("[model]\nk =  # 10\n"),
            "x.cfg:2: model.k has no value: an axis needs one or more. Write model.k = value, or remove the "
            "line to use the "
            "default.");
}

TEST(Entries, AKeyGivenTwiceIsRefusedWithBothLines) {
  EXPECT_EQ(refusal_of_entries("[model]\nk = 10\nhidden = 50\nk = 25\n"),
            "x.cfg:4: model.k is given twice, first at x.cfg:2: only one could count. Put all its values on "
            "one line, "
            "separated by commas.");
  EXPECT_THAT(refusal_of_entries("", {"model.k=1", "model.k=2"}),
              ::testing::StartsWith("--set: model.k is given twice"));
}

TEST(Entries, AnOverrideMustSetAKnownKey) {
  EXPECT_EQ(refusal_of_entries("", {"model.k"}),
            "--set model.k: has no =: there is nothing to set. Write --set section.key=values.");
  EXPECT_EQ(refusal_of_entries("", {"k=3"}),
            "--set: k is no key of a sweep file: it would do nothing. Did you mean model.k?");
  EXPECT_THAT(refusal_of_entries("", {"model.k="}), ::testing::StartsWith("--set: model.k has no value"));
}

TEST(Entries, AFileThatIsNoTextIsRefused) {
  EXPECT_EQ(
      refusal_of_entries(std::string("\x89HDF\0\0", 6)),
      "x.cfg: is no text: a sweep file is text with lines like k = 10, 25. Give a file like those in jobs/.");
}

TEST(Entries, AHashWithinQuotesIsPartOfTheValue) {
  EXPECT_EQ(read("title = \"Run #3\" # why\n[data]\nset = \"/d/C#/a.npz\", mnist\n"),
            "x.cfg:1 title=\"Run #3\"\nx.cfg:3 data.set=\"/d/C#/a.npz\", mnist\n");
}

TEST(Entries, AHashInATextIsNotDroppedInSilence) {
  EXPECT_EQ(
      refusal_of_entries("title = Run #3\n"),
      "x.cfg:1: title = Run #3 may end before the # or hold it: a comment would be lost, or a part of the "
      "value. "
      "Write the value in quotes, \"Run #3\", or put a blank on both sides of a # that begins a comment.");
  for (const char* line : {"[data]\nset = /d/C#/a.npz\n", "title = C# sweep\n", "title = why #because\n",
                           "[grid]\nexclude = data.set=/d/C#/a.npz\n"})
    EXPECT_THAT(refusal_of_entries(line), ::testing::HasSubstr("Write the value in quotes")) << line;
  EXPECT_EQ(read("", {"title=Run #3", "data.set=/d/C#/a.npz"}),
            "--set title=Run #3\n--set data.set=/d/C#/a.npz\n");
}

TEST(Entries, ANumberEndsBeforeAnyHash) { EXPECT_EQ(read("[model]\nk = 10#ten\n"), "x.cfg:2 model.k=10\n"); }

TEST(Entries, AByteThatIsNotUtf8IsRefusedWhereverItStands) {
  EXPECT_EQ(refusal_of_entries("[model]\n# Gr\xF6\xDF"
                               "e\nk = 3\n"),
            "x.cfg:2: byte 5 (\\xf6 in \"# Gr\\xf6\\xdf"
            "e\") is not UTF-8: it would be stored where nothing could read it. Save the "
            "file as UTF-8, for example: iconv -f latin1 -t utf-8 OLD > NEW.");
  EXPECT_THAT(refusal_of_entries("title = caf\xE9\n"), ::testing::StartsWith("x.cfg:1: byte 12 (\\xe9"));
  EXPECT_THAT(refusal_of_entries("", {"title=caf\xE9"}), ::testing::StartsWith("--set: byte 10 (\\xe9"));
  EXPECT_EQ(read("# Gr\xC3\xB6\xC3\x9F"
                 "e\ntitle = caf\xC3\xA9\n"),
            "x.cfg:2 title=caf\xC3\xA9\n");
}

TEST(Entries, OtherEncodingsOfUnicodeAreNamed) {
  EXPECT_EQ(refusal_of_entries(std::string("\xFF\xFEk\0=\0", 6)),
            "x.cfg: is text in utf-16: a sweep file is UTF-8. Save it as that, for example: iconv -f utf-16 "
            "-t utf-8 OLD > NEW.");
  EXPECT_THAT(refusal_of_entries(std::string("\xFF\xFE\0\0k\0\0\0", 8)),
              ::testing::HasSubstr("is text in utf-32"));
}

TEST(Entries, ControlCharactersAreRefused) {
  EXPECT_THAT(refusal_of_entries("title = a\r[model]\rk = 10\r"),
              ::testing::HasSubstr("byte 10 is the control character \\x0d"));
  EXPECT_THAT(refusal_of_entries("", {"title=a\nmodel.k=3"}),
              ::testing::StartsWith("--set: byte 8 is the control character \\x0a"));
}

}  // namespace
}  // namespace ksweep
