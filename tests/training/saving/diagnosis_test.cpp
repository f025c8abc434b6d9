#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/base/json.hpp"
#include "../../../framework/io/atomic_file.hpp"
#include "../../../training/saving/diagnosis.hpp"
#include "../../framework/io/io_support.hpp"
#include "../../support/paths.hpp"

namespace keratin::inline KERATIN_VARIANT {

TEST_CASE("What Keras 3.15.1 made of other people's files is what the diagnosis says") {
  const std::string folder = paths::shared("real/");
  if (!std::filesystem::exists(folder + "catalog.json")) return;
  std::size_t opened = 0, stopped = 0;
  for (const Json& entry : Json::parse(io::read_file(folder + "catalog.json"))) {
    const auto file = entry["file"].get<std::string>();
    if (!entry["keras3_15_1_plain_load"].is_string()) continue;
    const auto result = entry["keras3_15_1_plain_load"].get<std::string>();
    CAPTURE(file);
    const Diagnosis found = diagnose(folder + file);
    if (found.verdicts.empty()) continue;  // weights alone
    CAPTURE(found.verdicts.back().error);
    CHECK(found.verdicts.back().error.empty() == (result == "ok"));
    ++(result == "ok" ? opened : stopped);
  }
  CHECK(opened >= 5);
  CHECK(stopped >= 15);
}

TEST_CASE("Keras 3 opens what 3.3 and 3.9 wrote everywhere, and what 3.15 wrote nowhere else") {
  for (const char* name : {"cnn_keras3_3.keras", "cnn_keras3_9.keras", "cnn_keras3_3.h5"}) {
    CAPTURE(name);
    const Diagnosis found = diagnose(paths::data(std::string("keras/") + name));
    REQUIRE(found.verdicts.size() == 2);
    CHECK(found.verdicts[0].keras == "tf.keras 2.15");
    CHECK(found.verdicts[0].error != "");
    CHECK(found.verdicts[1].keras == "Keras 3.0 to 3.15");
    CHECK(found.verdicts[1].error == "");
    CHECK(found.error == "");
  }
  const Diagnosis found = diagnose(paths::data("keras/batchnorm.keras"));
  CHECK(found.verdicts.back().keras == "Keras 3.14 to 3.15");
  CHECK(found.verdicts.back().error == "");
  CHECK(found.verdicts[1].error ==
        "ValueError: Unrecognized keyword arguments passed to BatchNormalization: {'renorm': "
        "False}");
  CHECK_THROWS_AS(diagnose(paths::data("README.md")), FileError);
}

}  // namespace keratin::inline KERATIN_VARIANT
