// A layer of one's own: its config, its weights, both passes, the check of its gradients, and its
// way into a file and back.
//
//     custom_layer [--output FILE]

#include <cmath>
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>
#include <keratin/framework/fields_impl.hpp>
#include <keratin/keratin.hpp>

using namespace keratin;

struct SwishOptions {
  Spec<Initializer> beta_initializer = "ones";
  Spec<Regularizer> beta_regularizer = {};
  void describe(Fields& fields) {
    fields("beta_initializer", beta_initializer)("beta_regularizer", beta_regularizer);
  }
};

/// y = x sigmoid(beta x), with a beta to train for each feature (Ramachandran et al., 2017).
///
/// Input (..., n), output the same. Weight: beta (n).
class SwishLayer final : public OptionsLayer<SwishLayer, SwishOptions> {
 public:
  static constexpr std::string_view keras_name = "Swish";
  static constexpr std::string_view package = "examples";  // "examples>Swish" in files
  using OptionsLayer::OptionsLayer;

  Tensor forward(const Tensor& x, Context& /*context*/) const override {
    Tensor y = empty(shape_of(x));
    for (std::size_t i = 0; i < x.size(); ++i) y.flat(i) = x.flat(i) * gate(x, i);
    return y;
  }

  Tensor backward(Tensor gradient, Context& context) const override {
    const Tensor& x = context.input();
    const std::size_t n = beta_->value().size();
    Tensor beta_gradient = zeros({static_cast<Dim>(n)});
    for (std::size_t i = 0; i < x.size(); ++i) {
      const real g = gate(x, i), slope = g * (1 - g), dy = gradient.flat(i);
      beta_gradient(i % n) += dy * x.flat(i) * x.flat(i) * slope;
      gradient.flat(i) = dy * (g + beta_->value()(i % n) * x.flat(i) * slope);
    }
    context.add_gradient(*beta_, std::move(beta_gradient));
    return gradient;
  }

  bool supports_masking() const override { return true; }

 private:
  void build_weights(const Shape& input) override {
    beta_ = &add_weight({.name = "beta",
                         .shape = {input.back()},
                         .initializer = options_.beta_initializer,
                         .regularizer = options_.beta_regularizer});
    set_input_spec({.min_ndim = 2, .axes = {{-1, input.back()}}});
  }

  real gate(const Tensor& x, std::size_t i) const {
    return 1 / (1 + std::exp(-beta_->value()(i % beta_->value().size()) * x.flat(i)));
  }

  Parameter* beta_ = nullptr;
};

using Swish = Handle<SwishLayer>;

int main(int argc, char** argv) try {
  std::string output = "custom_layer.keras";
  CLI::App app("Trains a network with a layer of its own, saves it and loads it again.");
  app.add_option("--output", output, "where the network is saved");
  CLI11_PARSE(app, argc, argv);

  Tensor noise = empty({5, 3});
  Random(1).fill_uniform(noise.data(), noise.size(), -2, 2);
  testing::check_gradients(Swish(), {noise});
  std::printf("the gradients of Swish are right\n");

  // x^2 - 0.5 on [-1, 1].
  Tensor x = empty({200, 1}), y = empty({200, 1});
  Random(2).fill_uniform(x.data(), x.size(), -1, 1);
  for (std::size_t i = 0; i < x.size(); ++i) y(i, 0) = x(i, 0) * x(i, 0) - real{0.5};
  set_random_seed(1);
  Sequential model({Input({1}), layers::Dense({.units = 8}), Swish({}, {.name = "swish"}),
                    layers::Dense({.units = 1})});
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.02}), .loss = "mse"});
  model.fit(x, y, {.batch_size = 20, .epochs = 60, .verbose = Verbose::silent});
  std::printf("mean squared error after training: %.4f\n",
              log_value(model.evaluate(x, y, {.verbose = Verbose::silent}), "loss"));

  // Without this line, loading says that "examples>Swish" is unknown, and to write it.
  register_layer<SwishLayer>();
  model.save(output);
  const Model loaded = load_model(output);
  loaded.summary();
  const bool is_same = loaded.predict(x) == model.predict(x);
  std::printf("%s, loaded again, predicts %s\n", output.c_str(),
              is_same ? "the same" : "other numbers");
  return is_same ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "custom_layer: %s\n", error.what());
  return 1;
}
