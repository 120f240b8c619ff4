// The databases that the contract is tested against. Another store is added in stores.cpp and nowhere else.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "journal/store.hpp"

namespace orderflow::test {

/// A directory of its own under the system's temporary one, gone with this object.
class temporary_directory {
 public:
  temporary_directory();
  ~temporary_directory();
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// An empty database. `keeps` is whatever must live as long as it is used.
struct store_place {
  std::string url;
  std::shared_ptr<void> keeps;
};

struct named_store {
  std::string name;
  std::function<store_place()> fresh;
};

[[nodiscard]] std::vector<named_store> all_stores();

}  // namespace orderflow::test
