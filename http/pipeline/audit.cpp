#include "http/pipeline/audit.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "base/file_error.hpp"
#include "base/log.hpp"
#include "codec/json.hpp"
#include "http/auth/principal.hpp"

namespace orderflow {

audit_log::audit_log(const std::string& path, const clock& time)
    : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)), time_(&time) {
  if (file_ < 0) throw std::runtime_error{file_error("cannot open the audit log " + path, errno)};
}

audit_log::~audit_log() {
  if (file_ >= 0) ::close(file_);
}

void audit_log::record(std::string_view event, const principal& who, fields with) { write(event, who, with, 0); }

void audit_log::record_refusal(std::string_view event, const principal& who, fields with) {
  if (file_ < 0) return;
  if (refusals_.take(who.tenant + '\0' + who.subject, time_->monotonic())) {
    ++left_out_;
    return;
  }
  write(event, who, with, std::exchange(left_out_, 0));
}

void audit_log::write(std::string_view event, const principal& who, fields with, uint64_t left_out) {
  if (file_ < 0) return;
  std::string line;
  json_writer out{line};
  out.begin_object();
  out.key("at").string(to_rfc3339(to_ms(time_->now())));
  out.key("event").string(event);
  out.key("subject").string(who.subject).key("tenant").string(who.tenant).key("role").string(to_string(who.as));
  if (!who.client.empty()) out.key("client").string(who.client);
  for (const auto& [name, value] : with) out.key(name).string(value);
  if (left_out > 0) out.key("refusals_left_out").integer(static_cast<int64_t>(left_out));
  out.end_object();
  line += '\n';
  // One write: with O_APPEND, lines of two processes never mix.
  if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
    write_every_log(log_level::error, "audit-write-failed", {{"error", std::generic_category().message(errno)}, {"line", line}});
}

}  // namespace orderflow
