#include <cstddef>
#include <cstdint>
#include <string_view>

#include <keratin/framework/base/error.hpp>
#include <keratin/framework/weight_budget.hpp>
#include <keratin/training/saving/load_function.hpp>

// The architecture of a model as JSON: parsed, upgraded, and made a graph of layers.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Whoever gives the JSON alone decides how large the model may be.
  const keratin::WeightBudget budget(1 << 22);
  try {
    keratin::function_from_json(text);
  } catch (const keratin::Error&) {
    // The one exception that a broken file may cause.
  }
  return 0;
}
