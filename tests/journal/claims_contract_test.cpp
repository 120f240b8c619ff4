// Keys as older versions named them, found by what names them now. One body for every store.
#include "tests/journal/every_store.hpp"

namespace orderflow::test {
namespace {

/// A key of today whose former name is `scope`.
key_claim named_before(const std::string& scope, const std::string& key, uint64_t body_hash, const std::string& tenant = {}) {
  key_claim command{"now", key, body_hash, {}, noon};
  command.former = std::make_shared<const former_name>(former_name{scope, key, tenant});
  return command;
}

append_request stored(int64_t id, const std::string& tenant, const std::string& scope, const std::string& key) {
  auto request = order_append(id);
  std::get<order_rows>(request.rows).created->source.tenant = tenant;
  request.key = key_claim{scope, key, 7, {id}, noon};
  return request;
}

}  // namespace

TEST_CASE("a key is found by its name of before where it has none of today, with the same body") {
  FOR_EVERY_STORE;
  CHECK(on.commit(stored(1, "shop", "shop ann /api/x", "k1")).status == append_status::committed);
  CHECK(on.commit(stored(2, "shop", "now", "k2")).status == append_status::committed);
  CHECK(on.commit(stored(3, "shop", "shop ann /api/x", "k2")).status == append_status::committed);
  const auto found = on.look->find_claim(named_before("shop ann /api/x", "k1", 7));
  REQUIRE(found);
  CHECK(found->order == order_id{1});
  CHECK(found->scope == "now");  // Whoever asked knows it by this name alone.
  CHECK_FALSE(on.look->find_claim(named_before("shop ann /api/x", "k1", 8)));
  CHECK_FALSE(on.look->find_claim(named_before("shop ann /api/y", "k1", 7)));
  CHECK(on.look->find_claim(named_before("shop ann /api/x", "k2", 7))->order == order_id{2});
}

TEST_CASE("a name of before that two tenants could have had is only that tenant's whose order it led to") {
  FOR_EVERY_STORE;
  CHECK(on.commit(stored(1, "a", "a b c POST /api/x", "k1")).status == append_status::committed);
  CHECK(on.look->find_claim(named_before("a b c POST /api/x", "k1", 7, "a"))->order == order_id{1});
  CHECK_FALSE(on.look->find_claim(named_before("a b c POST /api/x", "k1", 7, "a b")));
}

TEST_CASE("a message's key of before is only the tenant's that asked for it") {
  FOR_EVERY_STORE;
  message_row row;
  row.number = 128;
  row.tenant = "a";
  row.channel = "email";
  row.key = key_claim{"a b c POST /send", "m1", 7, {}, noon};
  on.journal->write({"notices", std::nullopt, {}, {row}},
                    [](const append_outcome& told) { CHECK(told.status == append_status::committed); });
  on.run();
  CHECK(on.look->find_claimed_message(named_before("a b c POST /send", "m1", 7, "a")));
  CHECK_FALSE(on.look->find_claimed_message(named_before("a b c POST /send", "m1", 7, "a b")));
  CHECK_FALSE(on.look->find_claimed_message(named_before("a b c POST /send", "m1", 8, "a")));
}

TEST_CASE("an append without events writes its key and nothing else, in its place among the stream's appends") {
  FOR_EVERY_STORE;
  const auto note = [](int64_t id, uint64_t seq, const std::string& key) {
    append_request request;
    request.stream = stream_of(order_id{id});
    request.expected_seq = seq;
    request.key = key_claim{"noted", key, 7, {id}, noon};
    return request;
  };
  auto made = order_append(1);
  made.key = key_claim{"noted", "first", 7, {1}, noon};
  const auto seq = made.events.size();
  std::vector<append_status> told;
  const auto keep = [&](append_outcome outcome) { told.push_back(outcome.status); };
  on.journal->append(made, keep);
  on.journal->append(note(1, seq, "second"), keep);
  on.journal->append(note(1, seq, "third"), keep);
  on.run();
  CHECK(told == std::vector(3, append_status::committed));
  CHECK(on.look->history(stream_of(order_id{1})).size() == seq);
  REQUIRE(on.look->find_order(order_id{1}));
  CHECK(on.look->find_order(order_id{1})->version == std::get<order_rows>(made.rows).state.version);
  for (const auto* key : {"first", "second", "third"}) {
    REQUIRE(on.look->find_key("noted", key));
    CHECK(on.look->find_key("noted", key)->order == order_id{1});
  }
  told.clear();
  on.journal->append(note(1, seq, "second"), keep);
  on.run();
  CHECK(told == std::vector{append_status::duplicate});
}

}  // namespace orderflow::test
