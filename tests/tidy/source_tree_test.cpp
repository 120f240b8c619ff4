// The rules are only worth what their scanner sees.
#include "tests/tidy/source_tree.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow::tidy;

TEST_CASE("comments and the insides of literals are blanked, line breaks kept") {
  REQUIRE(blank_literals("a // x\nb") == "a     \nb");
  REQUIRE(blank_literals("a /* {\n} */ b") == "a     \n     b");
  REQUIRE(blank_literals("f(\"{ \\\" //\");") == "f(\"       \");");
  REQUIRE(blank_literals("c = '{';") == "c = ' ';");
  REQUIRE(blank_literals("n = 1'000'000;") == "n = 1'000'000;");
  REQUIRE(blank_literals("R\"x({)\")x\";").find('{') == std::string::npos);
  REQUIRE(blank_comments("f(\"//\"); // y") == "f(\"//\");     ");
}

TEST_CASE("a function is measured from its signature to its closing brace") {
  const std::string text =
      "namespace n {\nstruct s {\n  int f(int a) const {\n    if (a) {\n      g();\n    }\n    return 1;\n  }\n  int x = "
      "0;\n};\n}\n";
  const auto found = functions_of(text);
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].name == "f");
  REQUIRE(found[0].first_line == 3);
  REQUIRE(found[0].lines == 6);
}

TEST_CASE("a constructor with braces in its initialisers is measured as one function") {
  const std::string text = "thing::thing(int a) : x_{a}, y_(1), z_{a, 2} {\n  one();\n  two();\n}\nvoid next() { three(); }\n";
  const auto found = functions_of(text);
  REQUIRE(found.size() == 2);
  REQUIRE(found[0].name == "thing");
  REQUIRE(found[0].lines == 4);
  REQUIRE(found[1].name == "next");
}

TEST_CASE("a test case is named by its sentence and a directive does not belong to the function after it") {
  const auto found = functions_of("#include \"x.hpp\"\n#define Y (1)\nTEST_CASE(\"it works\") {\n  REQUIRE(f());\n}\n");
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].name == "\"it works\"");
  REQUIRE(found[0].first_line == 3);
}

TEST_CASE("tables and lambdas outside functions do not hide the function after them") {
  const auto found = functions_of("const row table[] = {{1, f(2)}, {3, g(4)}};\nint last() {\n  return 1;\n}\n");
  REQUIRE(!found.empty());
  REQUIRE(found.back().name == "last");
  REQUIRE(found.back().lines == 3);
}

TEST_CASE("the tree is found and has the order's actor in it") {
  bool seen = false;
  for (const auto& file : source_files()) seen = seen || file.path == "domain/order/decide.hpp";
  REQUIRE(seen);
}
