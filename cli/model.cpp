#include "model.hpp"

#include <cstdio>

#include <keratin/framework/base/error.hpp>
#include <keratin/framework/io/atomic_file.hpp>
#include <keratin/training/saving/load_function.hpp>

namespace keratin::cli {

std::shared_ptr<Function> open_model(const std::string& path, const std::string& architecture) {
  LoadReport report;
  std::shared_ptr<Function> function;
  if (architecture.empty()) {
    function = load_function(path, &report);
  } else {
    function = function_from_json(io::read_file(architecture), &report);
    load_weights(*function, path, {.report = &report});
  }
  for (const std::string& warning : report.warnings)
    std::fprintf(stderr, "keratin: warning: %s\n", warning.c_str());
  return function;
}

Tensors predict(Function& function, const Tensors& inputs) {
  Shapes shapes;
  std::vector<const Tensor*> refs;
  for (const Tensor& input : inputs) {
    shapes.push_back(shape_of(input));
    refs.push_back(&input);
  }
  if (!function.built()) {
    for (Shape& shape : shapes) {
      if (!shape.empty()) shape[0] = unknown;
    }
    function.build(shapes);
  }
  Step step;
  Context context(step);
  context.run(function, refs);
  return context.take_outputs();
}

}  // namespace keratin::cli
