#include "http/auth/keys.hpp"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

#include "base/file_error.hpp"
#include "http/auth/mac.hpp"
#include "http/auth/principal.hpp"

namespace orderflow {

namespace {

std::optional<token_algorithm> public_algorithm(std::string_view word) {
  for (const auto each : {token_algorithm::eddsa, token_algorithm::es256}) {
    if (word == to_string(each)) return each;
  }
  return std::nullopt;
}

/// The key itself must be of the algorithm that it is for; anything else would only show up as tokens that never verify.
bool fits(const EVP_PKEY* key, token_algorithm algorithm) {
  switch (algorithm) {
    case token_algorithm::hs256: return false;
    case token_algorithm::eddsa: return EVP_PKEY_is_a(key, "ED25519") == 1;
    case token_algorithm::es256: {
      std::array<char, 64> curve{};
      return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, curve.data(), curve.size(), nullptr) == 1 &&
             std::string_view{curve.data()} == "prime256v1";
    }
  }
  return false;
}

std::shared_ptr<EVP_PKEY> read_public_key(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free};
  // The default callback would ask for a passphrase on the terminal.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  return {PEM_read_bio_PUBKEY(text.get(), nullptr, no_passphrase, nullptr), &EVP_PKEY_free};
}

/// Collects keys and everything that is wrong with them.
class reader_of_keys {
 public:
  explicit reader_of_keys(std::string called) : called_(std::move(called)) {}

  void read(const toml::table& file);
  [[nodiscard]] std::variant<shared_keys, key_errors> take() {
    if (!errors_.sentences.empty()) return std::move(errors_);
    return std::make_shared<const key_ring>(std::move(ring_));
  }

 private:
  using names = std::initializer_list<std::string_view>;
  template <class F>
  void read_all(const toml::table& file, std::string_view kind, names members, F&& take_one);
  void wrong(const toml::node& at, const std::string& what) {
    errors_.sentences.push_back(called_ + " line " + std::to_string(at.source().begin.line) + ": " + what);
  }
  std::string text(const toml::table& from, std::string_view name);
  secret<std::string> long_secret(const toml::table& from, std::string_view name);
  std::string new_id(const toml::table& from, const std::vector<std::string>& taken);
  void read_token_key(const toml::table& from);
  void read_public(const toml::table& from);
  void read_secret(const toml::table& from, std::string_view member, std::vector<named_secret>& into);

  std::string called_;
  key_ring ring_;
  key_errors errors_;
};

void reader_of_keys::read(const toml::table& file) {
  constexpr std::string_view kinds[] = {"token_key", "token_public_key", "client", "webhook_secret"};
  for (const auto& [name, node] : file) {
    if (std::find(std::begin(kinds), std::end(kinds), name.str()) == std::end(kinds))
      wrong(node, std::string{name.str()} + " is unknown; there are token_key, token_public_key, client and webhook_secret");
  }
  read_all(file, "token_key", {"id", "secret"}, [&](const toml::table& one) { read_token_key(one); });
  read_all(file, "token_public_key", {"id", "algorithm", "pem"}, [&](const toml::table& one) { read_public(one); });
  read_all(file, "client", {"id", "signing_secret"},
           [&](const toml::table& one) { read_secret(one, "signing_secret", ring_.clients); });
  read_all(file, "webhook_secret", {"id", "secret"},
           [&](const toml::table& one) { read_secret(one, "secret", ring_.webhook_secrets); });
}

template <class F>
void reader_of_keys::read_all(const toml::table& file, std::string_view kind, names members, F&& take_one) {
  const auto* node = file.get(kind);
  if (node == nullptr) return;
  const auto* list = node->as_array();
  if (list == nullptr) return wrong(*node, std::string{kind} + " must be written as [[" + std::string{kind} + "]]");
  for (const auto& each : *list) {
    const auto* one = each.as_table();
    if (one == nullptr) {
      wrong(each, std::string{kind} + " must be written as [[" + std::string{kind} + "]]");
      continue;
    }
    for (const auto& [name, value] : *one) {
      if (std::find(members.begin(), members.end(), name.str()) == members.end())
        wrong(value, std::string{kind} + " has no " + std::string{name.str()});
    }
    take_one(*one);
  }
}

std::string reader_of_keys::text(const toml::table& from, std::string_view name) {
  const auto* node = from.get(name);
  if (node != nullptr && node->is_string()) return node->as_string()->get();
  wrong(node == nullptr ? static_cast<const toml::node&>(from) : *node,
        std::string{name} + (node == nullptr ? " is missing" : " must be a string"));
  return {};
}

secret<std::string> reader_of_keys::long_secret(const toml::table& from, std::string_view name) {
  const auto errors_before = errors_.sentences.size();
  secret<std::string> read{text(from, name)};
  if (errors_.sentences.size() == errors_before && read.reveal().size() < least_secret_bytes)
    wrong(*from.get(name), std::string{name} + " has " + std::to_string(read.reveal().size()) + " bytes and needs at least " +
                               std::to_string(least_secret_bytes) + "; `openssl rand -hex 32` makes one");
  return read;
}

std::string reader_of_keys::new_id(const toml::table& from, const std::vector<std::string>& taken) {
  auto id = text(from, "id");
  if (from.get("id") == nullptr || !from.get("id")->is_string()) return id;
  if (!is_principal_name(id)) wrong(from, "id must have 1 to 255 bytes and no control characters");
  if (std::find(taken.begin(), taken.end(), id) != taken.end()) wrong(from, "the id " + id + " is there twice");
  return id;
}

void reader_of_keys::read_token_key(const toml::table& from) {
  std::vector<std::string> taken;
  for (const auto& each : ring_.token_keys) taken.push_back(each.id);
  token_key made;
  made.id = new_id(from, taken);
  made.shared = long_secret(from, "secret");
  ring_.token_keys.push_back(std::move(made));
}

void reader_of_keys::read_public(const toml::table& from) {
  std::vector<std::string> taken;
  for (const auto& each : ring_.token_keys) taken.push_back(each.id);
  token_key made;
  made.id = new_id(from, taken);
  const auto word = text(from, "algorithm");
  const auto algorithm = public_algorithm(word);
  if (!algorithm && !word.empty()) wrong(from, "algorithm must be EdDSA or ES256, not " + word);
  const auto pem = text(from, "pem");
  if (!algorithm || pem.empty()) return;
  made.algorithm = *algorithm;
  made.foreign = read_public_key(pem);
  if (!made.foreign) return wrong(*from.get("pem"), "pem is no public key (-----BEGIN PUBLIC KEY-----)");
  if (!fits(made.foreign.get(), *algorithm)) return wrong(*from.get("pem"), "pem is not a key for " + word);
  ring_.token_keys.push_back(std::move(made));
}

void reader_of_keys::read_secret(const toml::table& from, std::string_view member, std::vector<named_secret>& into) {
  std::vector<std::string> taken;
  for (const auto& each : into) taken.push_back(each.id);
  auto id = new_id(from, taken);
  into.push_back({std::move(id), long_secret(from, member)});
}

struct open_file {
  explicit open_file(int number) : descriptor(number) {}
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  ~open_file() {
    if (descriptor >= 0) ::close(descriptor);
  }
  int descriptor;
};

key_errors one_error(std::string sentence) { return {{std::move(sentence)}}; }

/// A name as a TOML string; it has no control characters.
std::string quoted(const std::string& name) {
  std::string text{'"'};
  for (const char c : name) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text += '"';
}

std::string text_of(const fresh_keys& with) {
  const auto fresh = [] { return quoted(to_hex(random_bytes(least_secret_bytes))); };
  std::string text = "# " + with.comment + "\n[[token_key]]\nid = " + quoted(with.token_key) + "\nsecret = " + fresh() + "\n";
  for (const auto& client : with.clients) text += "\n[[client]]\nid = " + quoted(client) + "\nsigning_secret = " + fresh() + "\n";
  return text + "\n[[webhook_secret]]\nid = " + quoted(with.webhook_secret) + "\nsecret = " + fresh() + "\n";
}

}  // namespace

std::string_view to_string(token_algorithm algorithm) {
  switch (algorithm) {
    case token_algorithm::hs256: return "HS256";
    case token_algorithm::eddsa: return "EdDSA";
    case token_algorithm::es256: return "ES256";
  }
  return "HS256";
}

const token_key* key_ring::signing_key() const {
  const auto found = std::find_if(token_keys.begin(), token_keys.end(),
                                  [](const token_key& each) { return each.algorithm == token_algorithm::hs256; });
  return found == token_keys.end() ? nullptr : &*found;
}

const named_secret* key_ring::client(std::string_view id) const {
  const auto found = std::find_if(clients.begin(), clients.end(), [&](const named_secret& each) { return each.id == id; });
  return found == clients.end() ? nullptr : &*found;
}

std::variant<shared_keys, key_errors> parse_keys(std::string_view text, const std::string& called) {
  try {
    reader_of_keys reading{called};
    reading.read(toml::parse(text));
    return reading.take();
  } catch (const toml::parse_error& wrong) {
    // Only the place: the parser's own words may quote a secret.
    return one_error(called + " is not TOML (line " + std::to_string(wrong.source().begin.line) + ")");
  }
}

std::variant<shared_keys, key_errors> load_keys(const std::string& path) {
  constexpr off_t largest = 1024 * 1024;
  const open_file file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.descriptor < 0) {
    if (errno == ENOENT) return std::make_shared<const key_ring>();
    return one_error(file_error(path + " cannot be read", errno));
  }
  // Looked at through the open file, so that nobody can put another one in its place in between.
  struct stat about {};
  if (::fstat(file.descriptor, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size > largest)
    return one_error(path + " is no file of keys: it must be a regular file of at most 1 MiB");
  if ((about.st_mode & 0077) != 0)
    return one_error(path + " holds secrets and others than its owner may read or write it; run: chmod 600 " + path);
  std::string bytes(static_cast<size_t>(about.st_size), '\0');
  const auto size = ::read(file.descriptor, bytes.data(), bytes.size());
  const secret<std::string> text{std::move(bytes)};
  if (size != about.st_size) return one_error(path + " changed while it was read; try again");
  return parse_keys(text.reveal(), path);
}

std::string keys_path(const std::string& directory) { return directory + (directory.ends_with('/') ? "" : "/") + "keys.toml"; }

bool make_keys(const std::string& path, const fresh_keys& with) {
  if (::access(path.c_str(), F_OK) == 0) return false;
  const secret<std::string> text{text_of(with)};
  const auto failed = [&](const std::string& what) {
    return std::runtime_error{file_error("cannot " + what + " " + path, errno)};
  };
  // Whole or not at all: a half-written file would be refused at the next start. A link fails where another process was first.
  const auto draft = path + ".new." + std::to_string(::getpid());
  const open_file file{::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  if (file.descriptor < 0) throw failed("make");
  const auto& bytes = text.reveal();
  const bool written =
      ::write(file.descriptor, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(file.descriptor) == 0;
  const bool placed = written && ::link(draft.c_str(), path.c_str()) == 0;
  const auto why = errno;
  ::unlink(draft.c_str());
  errno = why;
  if (!placed && why != EEXIST) throw failed("write");
  return placed;
}

void make_demo_keys(const std::string& path) {
  static_cast<void>(make_keys(path, {"Made by --dev, for development only.", "demo-token", {"demo"}, "demo-webhook"}));
}

}  // namespace orderflow
