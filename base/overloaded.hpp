// Visitor made of lambdas, for std::visit.
#pragma once

namespace orderflow {

template <class... Fs>
struct overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
overloaded(Fs...) -> overloaded<Fs...>;

}  // namespace orderflow
