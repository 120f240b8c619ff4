#include "messages/interfaces.hpp"

#include <algorithm>

namespace orderflow {

namespace {

/// What was written into the error, without the framework's quotation marks.
std::string texts_of(const caf::error& why) {
  std::string all;
  const auto& parts = why.context();
  for (size_t n = 0; n < parts.size(); ++n)
    if (parts.match_element<std::string>(n)) all += (all.empty() ? "" : ": ") + parts.get_as<std::string>(n);
  return all;
}

std::string code_of(const caf::error& why) {
  if (why.category() == caf::type_id_v<errc>) return std::string{to_string(static_cast<errc>(why.code()))};
  if (why == caf::sec::broken_promise || why == caf::sec::request_receiver_down) return "whoever was asked has ended";
  if (why == caf::sec::request_timeout) return "there was no answer in time";
  if (why.category() == caf::type_id_v<caf::exit_reason>)
    return "it was told to end: " + to_string(static_cast<caf::exit_reason>(why.code()));
  if (why.category() == caf::type_id_v<caf::sec>) return to_string(static_cast<caf::sec>(why.code()));
  return "an error of an unknown kind, code " + std::to_string(why.code());
}

std::string without_underscores(std::string words) {
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

}  // namespace

caf::error to_error(errc code, std::string detail) { return caf::make_error(code, std::move(detail)); }

caf::error to_error(const append_outcome& lost) {
  if (lost.status == append_status::unknown)
    return to_error(errc::outcome_unknown, "whether it was written is not known: " + lost.detail);
  return to_error(errc::store_unavailable, "nothing was written: " + lost.detail);
}

failure to_failure(const caf::error& why) {
  if (why.category() != caf::type_id_v<errc>) return {errc::outcome_unknown, sentence_of(why)};
  return {static_cast<errc>(why.code()), texts_of(why)};
}

std::string sentence_of(const caf::error& why) {
  if (!why) return "there was no error";
  if (auto told = texts_of(why); !told.empty()) return told;
  return without_underscores(code_of(why));
}

}  // namespace orderflow
