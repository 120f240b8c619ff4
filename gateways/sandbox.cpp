#include "gateways/sandbox.hpp"

#include <filesystem>
#include <stdexcept>

#include "base/file_error.hpp"
#include "gateways/sandbox_payments.hpp"
#include "gateways/sandbox_post.hpp"

namespace orderflow {

namespace {

/// Only for the owner: there are names and addresses in it.
std::string made(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code wrong;
  if (fs::create_directories(directory, wrong)) fs::permissions(directory, fs::perms::owner_all, wrong);
  if (wrong) throw std::runtime_error{file_error("cannot make the directory '" + directory + "'", wrong)};
  return directory;
}

}  // namespace

struct sandbox::state {
  state(const std::string& directory, const clock& time)
      : payments(directory + "/ledger", time), shipments(directory + "/parcels", time), mailbox(directory + "/mail", time) {}
  sandbox_payments payments;
  sandbox_shipments shipments;
  sandbox_mailbox mailbox;
};

sandbox::sandbox(std::string directory, const clock& time) : state_(std::make_unique<state>(made(directory), time)) {}
sandbox::~sandbox() = default;

payment_gateway& sandbox::payments() { return state_->payments; }
carrier& sandbox::shipments() { return state_->shipments; }
mailer& sandbox::mailbox() { return state_->mailbox; }

bool sandbox::external_refund(order_id order, minor_units amount, currency money) {
  return state_->payments.external_refund(order, amount, money);
}
bool sandbox::capture_late(order_id order, uint32_t attempt, minor_units amount, currency money, bool told) {
  return state_->payments.capture_late(order, attempt, amount, money, told);
}
bool sandbox::set_mode(const std::string& mode, milliseconds delay) { return state_->payments.set_mode(mode, delay); }
std::vector<ledger_entry> sandbox::ledger() const { return state_->payments.ledger(); }
bool sandbox::was_captured(const std::string& key) const { return state_->payments.was_captured(key); }
std::vector<sent_message> sandbox::sent() const { return state_->mailbox.sent(); }

bool is_sandbox_token(const std::string& word) { return find_sandbox_token(word).has_value(); }

}  // namespace orderflow
