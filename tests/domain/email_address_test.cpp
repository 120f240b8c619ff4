#include "domain/email_address.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace orderflow;

TEST_CASE("addresses that mail servers deliver to are taken") {
  for (const auto* good : {"tanaka@example.co.jp", "o'brien+shop@mail.example", "田中@例え.jp", "a@b.c", "x_y@sub-domain.example",
                           "A.B@EXAMPLE.COM", "i@xn--r8jz45g.jp", "ünïcode@bücher.example", "a@3com.com"}) {
    INFO(good);
    CHECK(is_plausible_email(good));
  }
}

TEST_CASE("what could end a line or an address is refused") {
  for (const std::string bad : {"",
                                "a",
                                "@x.org",
                                "a@",
                                "a@b",
                                "a@@x.org",
                                "a@x.org@y.org",
                                "a b@x.org",
                                "a@x.org,b@x.org",
                                "a@x.org\r\nBcc: b@x.org",
                                "\"a\"@x.org",
                                "a@[1.2.3.4]",
                                "<a@x.org>",
                                "a@x..org",
                                "a@.org",
                                "a@x.org.",
                                "a;b@x.org",
                                "a(b)@x.org",
                                "a\\b@x.org",
                                "a@x.org "}) {
    INFO(bad);
    CHECK_FALSE(is_plausible_email(bad));
  }
  CHECK_FALSE(is_plausible_email(std::string{"a\0@x.org", 8}));
  CHECK_FALSE(is_plausible_email(std::string(65, 'a') + "@x.org"));
  CHECK_FALSE(is_plausible_email("a@" + std::string(64, 'x') + ".org"));
  CHECK_FALSE(is_plausible_email("a@" + std::string(60, 'x') + "." + std::string(60, 'x') + "." + std::string(60, 'x') + "." +
                                 std::string(60, 'x') + "." + std::string(20, 'x')));
}

TEST_CASE("an address hides nothing: no line ends of Unicode, no turned writing, no blanks, nothing invisible") {
  for (const auto* hidden :
       {"\u0085", "\u0080", "\u009f", "\u00a0", "\u00ad", "\u061c", "\u200b", "\u200c", "\u200d",      "\u200e", "\u200f",
        "\u2028", "\u2029", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2060", "\u2066",      "\u2067", "\u2068",
        "\u2069", "\u3000", "\ufeff", "\ufffd", "\uff20", "\uff0e", "\u3002", "\xff",   "\xed\xa0\x80"}) {
    const std::string what{hidden};
    CHECK_FALSE(is_plausible_email("a" + what + "b@x.org"));
    CHECK_FALSE(is_plausible_email(what + "a@x.org"));
    CHECK_FALSE(is_plausible_email("a@x" + what + ".org"));
    CHECK_FALSE(is_plausible_email("a@x.org" + what));
  }
}

TEST_CASE("labels of a domain neither begin nor end with a hyphen and have no other signs") {
  for (const auto* bad :
       {"a@-x.org", "a@x-.org", "a@x.-org", "a@x.org-", "a@x.-y.org", "a@-.org", "a@x_y.org", "a@x!.org", "a@x.o/g"}) {
    INFO(bad);
    CHECK_FALSE(is_plausible_email(bad));
  }
  CHECK(is_plausible_email("-a-@x-y.org"));
}

TEST_CASE("an address has no noncharacters") {
  for (const auto* set_aside : {"\ufdd0", "\ufffe", "\uffff", "\U0001ffff"})
    CHECK_FALSE(is_plausible_email("a" + std::string{set_aside} + "b@x.org"));
}
