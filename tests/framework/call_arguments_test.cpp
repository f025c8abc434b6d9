#include "../../framework/call_arguments.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../layers/core/identity.hpp"

using namespace keratin;

namespace {

using Places = std::vector<std::size_t>;

CallArguments bound(std::size_t inputs, std::vector<std::string> names, const char* constants,
                    CallArguments::First first = CallArguments::First::one) {
  static const layers::Identity layer({}, {.name = "i"});
  const CallOptions call{.input_names = std::move(names),
                         .arguments = std::make_shared<const Json>(Json::parse(constants))};
  static std::vector<CallOptions> kept;  // constants are referred to
  kept.push_back(call);
  return CallArguments(*layer, kept.back(), inputs, {"query", "value", "key", "mask", "flag"},
                       first);
}

}  // namespace

TEST_CASE("arguments of a call are bound as Python does") {
  const CallArguments plain = bound(2, {}, "{}");
  CHECK(plain.input("query") == 0);
  CHECK(plain.input("value") == 1);
  CHECK_FALSE(plain.input("key"));
  CHECK_FALSE(plain.flag("flag"));
  // A constant without a keyword keeps its place.
  const CallArguments places = bound(3, {}, R"({"2": null, "4": true})");
  CHECK(places.input("mask") == 2);
  CHECK_FALSE(places.input("key"));
  CHECK(places.flag("flag"));
  const CallArguments keywords = bound(3, {"key", "", "value"}, R"({"flag": 1})");
  CHECK(keywords.input("key") == 0);
  CHECK(keywords.input("query") == 1);
  CHECK(keywords.input("value") == 2);
  CHECK(keywords.flag("flag"));
  const CallArguments list = bound(4, {"", "", "mask", "mask"}, "{}", CallArguments::First::list);
  CHECK(list.inputs("query") == Places{0, 1});
  CHECK(list.inputs("mask") == Places{2, 3});
  CHECK(list.inputs("key").empty());
}

TEST_CASE("arguments that a call does not take are refused") {
  CHECK_THROWS_WITH_AS(bound(1, {"querry"}, "{}"),
                       "Layer 'i' (Identity): call() got an unexpected keyword argument 'querry'",
                       ValueError);
  CHECK_THROWS_WITH_AS(bound(1, {}, R"({"flagg": true})"),
                       "Layer 'i' (Identity): call() got an unexpected keyword argument 'flagg'",
                       ValueError);
  CHECK_THROWS_WITH_AS(bound(2, {"query", ""}, "{}"),
                       "Layer 'i' (Identity): call() got multiple values for argument 'query'",
                       ValueError);
  CHECK_THROWS_WITH_AS(bound(6, {}, "{}"),
                       "Layer 'i' (Identity): call() takes 5 arguments. Received: 6", ValueError);
  CHECK_THROWS_WITH_AS(bound(1, {}, R"({"5": 3})"),
                       "Layer 'i' (Identity): call() takes 5 arguments. Received: argument 6=3",
                       ValueError);
  CHECK_THROWS_WITH_AS(bound(1, {}, R"({"flag": "yes"})").flag("flag"),
                       "Layer 'i' (Identity): call() takes a boolean for argument `flag`. "
                       "Received: flag=\"yes\"",
                       ValueError);
}
