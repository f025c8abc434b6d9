#include <nlohmann/json.hpp>

#include "../../framework/activation.hpp"
#include "unary.hpp"

// keras.ops.relu, softmax and their kin: the functions of keras.activations.

namespace keratin::inline KERATIN_VARIANT::layers::operations {
namespace {

class Activate final : public Unary {
 public:
  explicit Activate(std::shared_ptr<const ActivationFunction> function)
      : function_(std::move(function)) {}
  std::string output_dtype(const std::vector<std::string>& operands) const override {
    return promoted_to_float(operands);
  }
  Shape output_shape(const Shape& x) const override { return function_->compute_output_shape(x); }
  Tensor compute(const Tensor& x) const override { return function_->forward(x); }
  Tensor gradient(const Tensor& x, const Tensor& y, Tensor dy) const override {
    const bool keeps_output = function_->keeps() == ActivationFunction::Keeps::output;
    return function_->backward(keeps_output ? y : x, std::move(dy));
  }

 private:
  std::shared_ptr<const ActivationFunction> function_;
};

}  // namespace

void add_activations(Catalogue& catalogue) {
  struct Named {
    const char* name;
    const char* activation;
    /// The arguments with Keras's defaults in keras.ops, which are not always the activations'.
    const char* arguments;
    const char* module = "nn";
  };
  static const Named all[] = {{"Relu", "relu", "{}"},
                              {"Relu6", "relu6", "{}"},
                              {"Sigmoid", "sigmoid", "{}"},
                              {"Tanh", "tanh", "{}", "numpy"},
                              {"Softplus", "softplus", "{}"},
                              {"Softsign", "softsign", "{}"},
                              {"Silu", "silu", "{}"},
                              {"LogSigmoid", "log_sigmoid", "{}"},
                              {"LeakyRelu", "leaky_relu", R"({"negative_slope": 0.2})"},
                              {"HardSigmoid", "hard_sigmoid", "{}"},
                              {"HardSilu", "hard_silu", "{}"},
                              {"Elu", "elu", R"({"alpha": 1.0})"},
                              {"Celu", "celu", R"({"alpha": 1.0})"},
                              {"Selu", "selu", "{}"},
                              {"Gelu", "gelu", R"({"approximate": true})"},
                              {"Glu", "glu", R"({"axis": -1})"},
                              {"HardTanh", "hard_tanh", "{}"},
                              {"HardShrink", "hard_shrink", R"({"threshold": 0.5})"},
                              {"SoftShrink", "soft_shrink", R"({"threshold": 0.5})"},
                              {"TanhShrink", "tanh_shrink", "{}"},
                              {"Threshold", "threshold", R"({"threshold": 0, "default_value": 0})"},
                              {"Squareplus", "squareplus", R"({"b": 4})"},
                              {"SparsePlus", "sparse_plus", "{}"},
                              {"SparseSigmoid", "sparse_sigmoid", "{}"},
                              {"Softmax", "softmax", R"({"axis": -1})"},
                              {"LogSoftmax", "log_softmax", R"({"axis": -1})"}};
  for (const Named& named : all) {
    const Json defaults = Json::parse(named.arguments);
    std::vector<std::string> names;
    for (const auto& item : defaults.items()) names.push_back(item.key());
    catalogue[named.name] = {
        named.module, {"x"}, names, [&named, defaults](const Json& arguments) {
          Json config = defaults;
          for (const auto& [key, value] : defaults.items()) {
            if (arguments.contains(key) && !arguments[key].is_null()) config[key] = arguments[key];
          }
          return std::make_unique<Activate>(
              Registry<const ActivationFunction>::instance().make(named.activation, config));
        }};
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::layers::operations
