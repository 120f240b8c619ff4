// What a text is made of: for rules about characters that must not be stored or shown. Texts are UTF-8.
#pragma once

#include <optional>
#include <string_view>

namespace orderflow {

/// Takes the first code point off `text`. Nothing, and `text` is left alone, where it does not begin with well-formed UTF-8
/// (overlong forms, surrogates and what lies above U+10FFFF are none).
[[nodiscard]] std::optional<char32_t> take_code_point(std::string_view& text);

/// Any of Unicode's control characters (Cc): U+0000 to U+001F, U+007F to U+009F. PostgreSQL stores no text with U+0000.
[[nodiscard]] bool has_control_character(std::string_view text);

/// Set aside for programs' own use, never for text: U+FDD0 to U+FDEF and the last two of every plane.
[[nodiscard]] bool is_noncharacter(char32_t point);

/// Shows as a blank or as nothing, breaks the line or turns the direction of writing: two texts with and without it look alike.
[[nodiscard]] bool is_invisible(char32_t point);

/// Nothing but blanks and what is invisible, or empty: it says nothing to a reader. What is not well-formed is not blank.
[[nodiscard]] bool is_blank(std::string_view text);

/// Well-formed UTF-8 without U+FFFD, which stands where a text was damaged before it came here.
[[nodiscard]] bool is_sound_text(std::string_view text);

/// Sound, and without control characters: every store takes it, and no line or page is broken by it.
[[nodiscard]] bool is_storable_text(std::string_view text);

}  // namespace orderflow
