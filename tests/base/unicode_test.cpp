#include "base/unicode.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace orderflow;

TEST_CASE("code points are taken off one by one, and what is no UTF-8 is left") {
  std::string_view text = "a\u00e9\u7530\U0001F6D2";
  for (const char32_t point : {U'a', U'\u00e9', U'\u7530', U'\U0001F6D2'}) CHECK(take_code_point(text) == point);
  CHECK_FALSE(take_code_point(text));
  for (const std::string_view broken : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                                        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3", "\xc3(", "\xe7\x94"}) {
    std::string_view rest = broken;
    CHECK_FALSE(take_code_point(rest));
    CHECK(rest == broken);
  }
}

TEST_CASE("control characters are those of ASCII, DEL and those that Unicode added") {
  for (const std::string& text : {std::string{"a\0b", 3}, std::string{"\n"}, std::string{"\x1f"}, std::string{"\x7f"},
                                  std::string{"\u0080"}, std::string{"x\u0085"}, std::string{"\u009f"}})
    CHECK(has_control_character(text));
  for (const auto* text : {"", "plain", "\u00a0", "\u00bf", "\u00e9", "\u7530\u4e2d", "\u2028"})
    CHECK_FALSE(has_control_character(text));
}

TEST_CASE("what cannot be seen is known as such") {
  for (const char32_t point : {U'\u00a0', U'\u00ad', U'\u061c', U'\u200b', U'\u200e', U'\u200f', U'\u2028', U'\u2029', U'\u202a',
                               U'\u202e', U'\u2066', U'\u2069', U'\u3000', U'\ufeff', U'\U000e0041'})
    CHECK(is_invisible(point));
  for (const char32_t point : {U'a', U'-', U'\u00e9', U'\u0628', U'\u7530', U'\u2010', U'\u20ac'})
    CHECK_FALSE(is_invisible(point));
}

TEST_CASE("sound text is UTF-8 that was not damaged before") {
  CHECK(is_sound_text("\u7530\u4e2d"));
  CHECK(is_sound_text(""));
  CHECK_FALSE(is_sound_text("\xff"));
  CHECK_FALSE(is_sound_text("a\ufffd"));
}

TEST_CASE("a text of blanks and of what cannot be seen says nothing") {
  for (const auto* text : {"", " ", "   ", "\u00a0", " \u200b\u3000"}) CHECK(is_blank(text));
  for (const auto* text : {"a", " . ", "\u7530", "\xff"}) CHECK_FALSE(is_blank(text));
}

TEST_CASE("noncharacters are those that Unicode set aside") {
  for (const char32_t point : {U'\ufdd0', U'\ufdef', U'\ufffe', U'\uffff', U'\U0001fffe', U'\U0010ffff'})
    CHECK(is_noncharacter(point));
  for (const char32_t point : {U'a', U'\ufdcf', U'\ufdf0', U'\ufffd', U'\U0001f600'}) CHECK_FALSE(is_noncharacter(point));
}
