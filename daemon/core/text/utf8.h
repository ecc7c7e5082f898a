#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text from outside (a client id, an SNI, a topic) on its way into a log line or onto a terminal.
namespace tlswatch::text {

/// What marks a cut text: U+2026, three bytes.
inline constexpr std::string_view kCutMark = "\xE2\x80\xA6";

/// The limit where a caller has no better one, in bytes of UTF-8.
inline constexpr std::size_t kDefaultLimit = 256;

/// Makes outside bytes safe to log and to show: valid UTF-8 without characters that steer a terminal or a
/// viewer, and never longer than `limit`.
///
/// Each maximal invalid sequence (Unicode 15, section 3.9, table 3-7: also overlong forms, surrogates and
/// what lies above U+10FFFF) becomes one U+FFFD, and so does every character that is obeyed rather than
/// shown: C0 with tab and newline, DEL, C1, the line and paragraph separators, the bidirectional controls,
/// the zero-width ones and the byte order mark, tags and interlinear marks.
///
/// limit    bytes of the result at most; a longer text is cut between characters and ends with kCutMark,
///          which counts (a limit below its three bytes gives an empty text)
/// returns  the input itself, byte for byte, where nothing was wrong with it
/// errors   none; throws only std::bad_alloc
std::string to_utf8(std::string_view outside, std::size_t limit = kDefaultLimit);

/// The same, appended to `out`: no allocation where `out` has room.
void append_utf8(std::string& out, std::string_view outside, std::size_t limit = kDefaultLimit);

/// Whether to_utf8 would return `text` unchanged, however long it is.
bool is_clean(std::string_view text) noexcept;

}  // namespace tlswatch::text
