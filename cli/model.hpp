#pragma once

#include <memory>
#include <string>

#include <keratin/framework/function.hpp>
#include <keratin/framework/tensor.hpp>

namespace keratin::cli {

/// The model in `path`; with `architecture`, a JSON file, only the weights are taken from `path`.
/// What was noticed on the way goes to stderr.
std::shared_ptr<Function> open_model(const std::string& path, const std::string& architecture = {});

/// The outputs in inference mode; all of `inputs` are one batch.
Tensors predict(Function& function, const Tensors& inputs);

}  // namespace keratin::cli
