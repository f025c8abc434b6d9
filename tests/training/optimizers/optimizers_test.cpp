#include <string>

#include <doctest/doctest.h>

#include "../../../framework/base/parallel.hpp"
#include "../../../framework/constraints/norms.hpp"
#include "../../../framework/io/hdf5.hpp"
#include "../../../framework/serialization.hpp"
#include "../../../training/optimizers/adam.hpp"
#include "../../../training/optimizers/loss_scale.hpp"
#include "../../../training/optimizers/rmsprop.hpp"
#include "../../../training/optimizers/schedule_free.hpp"
#include "../../../training/optimizers/sgd.hpp"
#include "../../support/golden_json.hpp"
#include "../../support/paths.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {
namespace {

using namespace testing;

Tensor to_real(const BasicTensor<double>& values) {
  Tensor result = empty(shape_of(values));
  std::transform(values.begin(), values.end(), result.data(),
                 [](double x) { return static_cast<real>(x); });
  return result;
}

/// Item `i` along the first axis.
std::vector<double> item(const BasicTensor<double>& values, std::size_t i) {
  const std::size_t size = values.size() / values.shape(0);
  return {values.data() + i * size, values.data() + (i + 1) * size};
}

using Parameters = std::vector<std::unique_ptr<Parameter>>;

std::vector<Parameter*> pointers(const Parameters& parameters) {
  std::vector<Parameter*> result;
  for (const auto& parameter : parameters) result.push_back(parameter.get());
  return result;
}

/// The three parameters and twelve gradients that Keras's optimizers were tried on.
class Problem {
 public:
  Problem() : file_(io::Hdf5File::open(paths::data("training/optimizers.h5"))) {
    for (int i = 0; i < 3; ++i)
      gradients_.push_back(file_.read_dataset<double>(concat("grads_", i)));
  }
  const io::Hdf5File& file() const { return file_; }

  Parameters parameters() const {
    Parameters result;
    for (int i = 0; i < 3; ++i) {
      result.push_back(std::make_unique<Parameter>(
          ParameterOptions{.name = concat("w", i)}, concat("layer/w", i),
          to_real(file_.read_dataset<double>(concat("param_", i)))));
    }
    return result;
  }
  Gradients gradients(const Parameters& parameters, std::size_t step) const {
    Gradients result;
    for (std::size_t i = 0; i < 3; ++i) {
      Tensor gradient = empty(shape_of(parameters[i]->value()));
      const auto values = item(gradients_[i], step);
      std::transform(values.begin(), values.end(), gradient.data(),
                     [](double x) { return static_cast<real>(x); });
      result.add(*parameters[i], std::move(gradient));
    }
    return result;
  }

 private:
  io::Hdf5File file_;
  std::vector<BasicTensor<double>> gradients_;
};

TEST_CASE("optimizers: Keras's weights after each recorded step, learning rates and configs") {
  const Problem problem;
  const auto recorded = problem.file().read_dataset<std::int64_t>("recorded_after_step");
  int tried = 0;
  for (const std::string& group : problem.file().children()) {
    if (!problem.file().is_group(group)) continue;
    CAPTURE(group);
    const Json golden = Json::parse(problem.file().string_attribute(group, "optimizer_config"));
    ++tried;
    const auto optimizer = deserialize<Optimizer>(golden);
    CHECK(optimizer->get_config().dump() == golden["config"].dump());
    const auto rates = problem.file().read_dataset<double>(group + "/learning_rate");
    // Keras ran in float64, where it keeps the rate that the float32 config rounds.
    if (golden["config"]["learning_rate"].is_number())
      optimizer->set_learning_rate(rates.data()[0]);
    const Parameters parameters = problem.parameters();
    std::size_t next = 0;
    for (std::size_t step = 0; step < 12; ++step) {
      CAPTURE(step);
      CHECK(optimizer->learning_rate() == doctest::Approx(rates.data()[step]).epsilon(1e-6));
      Gradients gradients = problem.gradients(parameters, step);
      optimizer->apply(gradients, pointers(parameters));
      if (next == recorded.size() || recorded.data()[next] != static_cast<std::int64_t>(step) + 1)
        continue;
      for (std::size_t i = 0; i < 3; ++i) {
        const auto expected = problem.file().read_dataset<double>(concat(group, "/param_", i));
        CHECK(error_in(golden_tolerance, parameters[i]->value(), item(expected, next)) <= 1);
      }
      ++next;
    }
    CHECK(next == recorded.size());
    CHECK(optimizer->iterations() == 12);
  }
  CHECK(tried == 44);
}

TEST_CASE("optimizers: the state goes on in another object") {
  const Problem problem;
  for (const std::string& group : problem.file().children()) {
    if (!problem.file().is_group(group)) continue;
    CAPTURE(group);
    const Json golden = Json::parse(problem.file().string_attribute(group, "optimizer_config"));
    const auto one = deserialize<Optimizer>(golden), other = deserialize<Optimizer>(golden);
    const Parameters ours = problem.parameters();
    for (std::size_t step = 0; step < 7; ++step) {
      Gradients gradients = problem.gradients(ours, step);
      one->apply(gradients, pointers(ours));
    }
    const Parameters theirs = problem.parameters();
    for (std::size_t i = 0; i < 3; ++i) theirs[i]->assign(ours[i]->value());
    other->build(pointers(theirs));
    std::vector<Tensor> values;
    for (const auto& variable : one->variables()) values.push_back(variable.value);
    other->set_variables(values);
    for (std::size_t step = 7; step < 12; ++step) {
      Gradients gradients = problem.gradients(ours, step), same = problem.gradients(theirs, step);
      one->apply(gradients, pointers(ours));
      other->apply(same, pointers(theirs));
    }
    for (std::size_t i = 0; i < 3; ++i) CHECK(ours[i]->value() == theirs[i]->value());
  }
}

TEST_CASE("optimizers: without a schedule, by the formulas of the paper") {
  // Worked out step by step in Python.
  Parameter weight({.name = "w"}, "layer/w", tensor_of(Json::parse("[1,-2]")));
  ScheduleFreeAdamW optimizer({.learning_rate = 0.1, .beta_2 = 0.99, .warmup_steps = 4},
                              {.weight_decay = 0.5});
  optimizer.swap_to_eval();
  const double gradients[3][2] = {{0.5, -1}, {0.25, 2}, {-1, 0.125}};
  for (const auto& values : gradients) {
    Gradients step;
    Tensor gradient = empty({2});
    for (std::size_t k = 0; k < 2; ++k) gradient.data()[k] = static_cast<real>(values[k]);
    step.add(weight, std::move(gradient));
    optimizer.apply(step, {&weight});
  }
  CHECK(error_in(golden_tolerance, weight.value(), {0.9506994698862736, -1.923846479844632}) <= 1);
  optimizer.swap_to_eval();
  CHECK(error_in(golden_tolerance, weight.value(), {0.9389556583003911, -1.9103396228048424}) <= 1);
  optimizer.swap_to_train();
  CHECK(error_in(golden_tolerance, weight.value(), {0.9506994698862736, -1.923846479844632}) <= 1);
  const auto same = deserialize<Optimizer>(serialize(optimizer));
  CHECK(same->get_config() == optimizer.get_config());
}

TEST_CASE("optimizers: a scaled loss") {
  const auto gradient = [](const Parameter& weight, double value) {
    Gradients gradients;
    gradients.add(weight, full({1}, static_cast<real>(value)));
    return gradients;
  };
  Parameter weight({.name = "w"}, "layer/w", full({1}, 1));
  LossScaleOptimizer optimizer(SGD({.learning_rate = 0.5}, {.loss_scale_factor = 3}),
                               {.initial_scale = 8, .dynamic_growth_steps = 2});
  CHECK(optimizer.loss_scale() == 8);
  CHECK(optimizer.inner_optimizer().loss_scale() == 1);
  const auto step = [&](double value) {
    Gradients gradients = gradient(weight, value);
    optimizer.apply(gradients, {&weight});
    return double{weight.value().data()[0]};
  };
  CHECK(step(4) == 0.75);
  CHECK(step(INFINITY) == 0.75);
  CHECK(optimizer.loss_scale() == 4);
  CHECK(optimizer.iterations() == 1);
  CHECK(step(2) == 0.5);
  CHECK(optimizer.loss_scale() == 4);
  CHECK(step(2) == 0.25);
  CHECK(optimizer.loss_scale() == 8);
  CHECK(step(NAN) == 0.25);
  CHECK(optimizer.loss_scale() == 4);
  optimizer.set_learning_rate(0.25);
  CHECK(optimizer.learning_rate() == 0.25);
  CHECK(optimizer.iterations() == 3);

  const auto same = deserialize<Optimizer>(serialize(optimizer));
  CHECK(same->get_config() == optimizer.get_config());
  Parameter other({.name = "w"}, "layer/w", weight.value());
  same->build({&other});
  std::vector<Tensor> values;
  std::string all;
  for (const auto& variable : optimizer.variables()) {
    values.push_back(variable.value);
    all += variable.name + " ";
  }
  CHECK(all == "iteration learning_rate step_counter dynamic_scale iteration learning_rate ");
  same->set_variables(values);
  CHECK(same->loss_scale() == 4);
  CHECK(same->iterations() == 3);
  CHECK_THROWS_AS(same->set_variables({}), ValueError);
  const auto refused = [](const char* config, const char* message) {
    CHECK_THROWS_WITH_AS(
        Registry<Optimizer>::instance().make("LossScaleOptimizer", Json::parse(config)), message,
        ValueError);
  };
  refused("{}", "LossScaleOptimizer: the argument `inner_optimizer` is missing.");
  refused(R"({"inner_optimizer": "sgd", "dynamic": false})",
          "LossScaleOptimizer no longer supports `dynamic=False`. Instead, simply set "
          "`loss_scale_factor` directly on the `inner_optimizer`.");
  refused(R"({"inner_optimizer": "sgd", "clipnorm": 1.0})",
          "LossScaleOptimizer does not support `clipnorm`. Instead, set `clipnorm` on the "
          "`inner_optimizer`.");
  refused(R"({"inner_optimizer": "sgd", "initial_scale": 0})",
          "`initial_scale` must be positive. Received: initial_scale=0");
  refused(R"({"inner_optimizer": "sgd", "dynamic_growth_steps": 0})",
          "`dynamic_growth_steps` must be an integer >= 1. Received: dynamic_growth_steps=0");
}

std::string names(const Optimizer& optimizer) {
  std::string result;
  for (const auto& variable : optimizer.variables()) result += variable.name + " ";
  return result;
}

TEST_CASE("optimizers: variables by Keras's names and in Keras's order") {
  Parameters parameters;
  for (const char* name : {"kernel", "bias"})
    parameters.push_back(std::make_unique<Parameter>(ParameterOptions{.name = name},
                                                     concat("d/", name), zeros({2})));
  const auto built = [&](Optimizer&& optimizer) {
    optimizer.build(pointers(parameters));
    return names(optimizer);
  };
  CHECK(built(SGD()) == "iteration learning_rate ");
  CHECK(built(SGD({.momentum = 0.9})) ==
        "iteration learning_rate d_kernel_momentum d_bias_momentum ");
  CHECK(built(RMSprop({.momentum = 0.9, .centered = true})) ==
        "iteration learning_rate d_kernel_velocity d_bias_velocity d_kernel_momentum "
        "d_bias_momentum d_kernel_average_gradient d_bias_average_gradient ");
  CHECK(built(Adam({.amsgrad = true})) ==
        "iteration learning_rate d_kernel_momentum d_kernel_velocity d_bias_momentum "
        "d_bias_velocity d_kernel_velocity_hat d_bias_velocity_hat ");
  CHECK(built(SGD({}, {.use_ema = true, .gradient_accumulation_steps = 2})) ==
        "iteration learning_rate d_kernel_average d_kernel_gradient_accumulator d_bias_average "
        "d_bias_gradient_accumulator ");
  CHECK(built(Nadam({.learning_rate = schedules::ExponentialDecay()})) ==
        "iteration d_kernel_momentum d_kernel_velocity d_bias_momentum d_bias_velocity variable ");
}

TEST_CASE("optimizers: constraints, missing gradients, loss scale") {
  Parameter bounded({.name = "w", .constraint = constraints::MaxNorm({.max_value = 1})}, "d/w",
                    full({2}, 3));
  Parameter idle({.name = "v"}, "d/v", full({1}, 5));
  SGD optimizer({.learning_rate = 0.5}, {.weight_decay = 0.1, .loss_scale_factor = 4.0});
  Gradients gradients;
  gradients.add(bounded, full({2}, 4));
  optimizer.apply(gradients, {&bounded, &idle});
  // 3 - 3 * 0.1 * 0.5 - 0.5 * 4 / 4 = 2.35, then scaled to norm 1.
  CHECK(bounded.value().data()[0] == doctest::Approx(std::sqrt(0.5)));
  CHECK(idle.value().data()[0] == 5);
  CHECK(optimizer.loss_scale() == 4);
  Gradients none;
  CHECK_THROWS_WITH_AS(optimizer.apply(none, {&bounded}), "No gradients provided for any variable.",
                       ValueError);
  Parameter stranger({.name = "x"}, "d/x", full({1}, 5));
  CHECK_THROWS_WITH_AS(optimizer.apply(gradients, {&stranger}),
                       "Unknown variable: d/x. This optimizer can only be called for the variables "
                       "it was originally built with. When working with a new set of variables, "
                       "you should recreate a new optimizer instance.",
                       ValueError);
  CHECK_THROWS_AS(optimizer.set_variables({zeros({})}), ValueError);
  CHECK_THROWS_WITH_AS(optimizer.set_variables({zeros({}), zeros({2})}),
                       "Optimizer variable learning_rate has shape () not compatible with provided "
                       "weight shape (2,).",
                       ShapeError);
}

TEST_CASE("optimizers: weights kept from decaying, averages put in place") {
  Parameter kernel({.name = "kernel"}, "d/kernel", full({1}, 2));
  Parameter bias({.name = "bias"}, "d/bias", full({1}, 2));
  SGD optimizer({.learning_rate = 1}, {.weight_decay = 0.5, .use_ema = true, .ema_momentum = 0.5});
  optimizer.exclude_from_weight_decay({"bias"});
  for (int step = 0; step < 2; ++step) {
    Gradients gradients;
    gradients.add(kernel, zeros({1}));
    gradients.add(bias, zeros({1}));
    optimizer.apply(gradients, {&kernel, &bias});
  }
  CHECK(kernel.value().data()[0] == 0.5);
  CHECK(bias.value().data()[0] == 2);
  CHECK_THROWS_AS(optimizer.exclude_from_weight_decay({}), ValueError);
  optimizer.finalize_variable_values();
  CHECK(kernel.value().data()[0] == 0.75);
}

TEST_CASE("optimizers: the same bits at any number of threads") {
  const auto trained = [](int threads) {
    const int before = num_threads();
    set_num_threads(threads);
    Parameter weight({.name = "w"}, "d/w", full({100000}, 1));
    Lamb optimizer({.learning_rate = 0.1}, {.clipnorm = 3.0});
    for (int step = 0; step < 3; ++step) {
      Tensor gradient = zeros({100000});
      for (std::size_t i = 0; i < gradient.size(); ++i)
        gradient.data()[i] = static_cast<real>(std::sin(static_cast<double>(i)));
      Gradients gradients;
      gradients.add(weight, std::move(gradient));
      optimizer.apply(gradients, {&weight});
    }
    set_num_threads(before);
    return weight.value();
  };
  CHECK(trained(1) == trained(3));
}

TEST_CASE("optimizers: names, float32 rates and refusals") {
  CHECK(OptimizerSpec("adam").shared()->class_name() == "Adam");
  CHECK(OptimizerSpec(SGD({.learning_rate = 0.5})).shared()->learning_rate() == 0.5);
  CHECK(Adam({}, {.name = "a"}).get_config()["learning_rate"].dump() ==
        (sizeof(real) == 4 ? "0.0010000000474974513" : "0.001"));
  CHECK(*AdamW().base_options().weight_decay == 0.004);
  CHECK(Adam().name().starts_with("adam"));
  CHECK_THROWS_WITH_AS(OptimizerSpec("nope"), "Could not interpret optimizer identifier: nope",
                       ValueError);
  CHECK_THROWS_AS(SGD({.momentum = 2}), ValueError);
  CHECK_THROWS_AS(SGD({}, {.clipnorm = 1.0, .clipvalue = 1.0}), ValueError);
  CHECK_THROWS_AS(SGD({}, {.gradient_accumulation_steps = 1}), ValueError);
  CHECK_THROWS_AS(SGD({.learning_rate = schedules::ExponentialDecay()}).set_learning_rate(1),
                  ValueError);
  CHECK_THROWS_AS(
      deserialize<Optimizer>(Json::parse(R"({"class_name":"Adam","config":{"learning_speed":1}})")),
      ValueError);
}

TEST_CASE("optimizers: Keras's schedules") {
  for (const Json& golden : golden_json("training/schedules.json")) {
    CAPTURE(golden["config"].dump());
    const auto schedule = deserialize<const LearningRateSchedule>(golden["config"]);
    CHECK(serialize(*schedule).dump() == golden["config"].dump());
    std::vector<double> rates;
    for (std::size_t step = 0; step < golden["lr"].size(); ++step)
      rates.push_back((*schedule)(static_cast<std::int64_t>(step)));
    CHECK(error_in(1e-9, rates, numbers(golden["lr"])) <= 1);
  }
  CHECK_THROWS_AS(schedules::CosineDecay({.decay_steps = 0}), ValueError);
  CHECK_THROWS_AS(schedules::PiecewiseConstantDecay({.boundaries = {1, 2}}), ValueError);
}

}  // namespace
}  // namespace keratin::inline KERATIN_VARIANT::optimizers
