#include "foreign.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void add_refusals(std::map<std::string, std::string>& refusals) {
  refusals["FlaxLayer"] = "holds a module of Flax: Python code, which is never executed";
  refusals["JaxLayer"] = "holds a function of JAX: Python code, which is never executed";
  refusals["TFSMLayer"] = "refers to a SavedModel beside the file, which TensorFlow alone can run";
  refusals["TorchModuleWrapper"] =
      "holds a pickled module of PyTorch: Python code, which is never executed";
  const std::string base = "is a base that computes nothing itself";
  refusals["InputSpec"] = "says what an input must be like, and is no layer";
  refusals["Layer"] = base;
  refusals["Wrapper"] = base;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
