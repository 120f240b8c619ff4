#include "http/api/common/route_list.hpp"

#include "codec/json.hpp"
#include "http/auth/principal.hpp"

namespace orderflow {

namespace {

void write_audience(json_writer& out, const audience& may) {
  out.key("roles").begin_array();
  for (const auto each : {role::customer, role::merchant, role::service, role::operator_}) {
    if (may.has(each)) out.string(to_string(each));
  }
  out.end_array();
  out.key("anyone").boolean(may.is_anyone()).key("signed");
  out.boolean(may.is_signed_callback() || may.is_proven_in_body());
}

std::string list_of(const std::vector<route>& table) {
  std::string text;
  json_writer out{text};
  out.begin_array();
  for (const auto& each : table) {
    out.begin_object();
    out.key("method").string(to_string(each.method)).key("path").string(each.pattern).key("dialect").string(each.options.dialect);
    write_audience(out, each.may);
    out.end_object();
  }
  out.end_array();
  return text;
}

}  // namespace

route route_list_route(const std::vector<route>& table) {
  route_options last;
  last.load = load_class::operation;
  last.dialect = dialects::dev;
  return {verb::get, "/dev/routes", audience::operators(),
          [text = list_of(table)](const request&, const responder& to) {
            reply made;
            made.body = text;
            to(std::move(made));
          },
          last};
}

}  // namespace orderflow
