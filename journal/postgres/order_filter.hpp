// The conditions of a list of orders, as SQL.
#pragma once

#include "journal/postgres/binary.hpp"
#include "journal/store.hpp"

namespace orderflow::postgres {

/// Columns of a `listed_order`, in the order in which the reader takes them.
inline constexpr const char* listed_columns =
    "o.id, s.version, o.owner, o.tenant, o.origin, o.external_id, o.batch_id, o.csv_source, o.import_group, o.customer_email, "
    "o.created_at, s.state, s.state_version, o.listed_at";

/// The text of a query and what goes into its `$n`.
struct built_query {
  std::string sql;
  parameters with;
};

[[nodiscard]] built_query build_list(const order_query& query);
[[nodiscard]] built_query build_count(const order_query& query);

}  // namespace orderflow::postgres
