#include "http/api/probes/start_page.hpp"

#include <algorithm>

#include "http/api/probes/api_documents.hpp"

namespace orderflow {

namespace {

bool is_about_served(const start_part& part, const std::vector<route>& table) {
  return std::any_of(table.begin(), table.end(),
                     [&](const route& each) { return each.pattern == part.about || each.options.dialect == part.about; });
}

std::string page_for(const std::vector<route>& table) {
  const auto all = built_documents();
  std::string page{all.start_before};
  std::string_view section;
  for (const auto& part : all.start) {
    if (!is_about_served(part, table)) continue;
    if (part.section != section) {
      if (!section.empty()) page += "</ul>\n";
      section = part.section;
      page.append("<h2>").append(section).append("</h2>\n<ul>\n");
    }
    page.append(part.html).append("\n");
  }
  if (!section.empty()) page += "</ul>";
  return page.append(all.start_after);
}

}  // namespace

route start_route(const std::vector<route>& table) {
  route_options probe;
  probe.load = load_class::probe;
  probe.dialect = dialects::probe;
  return {verb::get, "/", audience::anyone(),
          [page = page_for(table)](const request&, const responder& to) {
            reply made;
            made.content_type = "text/html; charset=utf-8";
            made.body = page;
            made.header("Content-Security-Policy", built_documents().policy);
            made.header("Referrer-Policy", "no-referrer");
            to(std::move(made));
          },
          probe};
}

}  // namespace orderflow
