#include "adafactor.hpp"

#include <algorithm>
#include <cmath>

#include "../../framework/base/reduce.hpp"
#include "optimizer_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {

template class WithOptimizerOptions<Adafactor, AdafactorOptions>;

void AdafactorOptions::describe(Fields& fields) {
  fields("beta_2_decay", beta_2_decay)("epsilon_1", epsilon_1)("epsilon_2", epsilon_2)(
      "clip_threshold", clip_threshold)("relative_step", relative_step);
}

void Adafactor::build_slots(const std::vector<Parameter*>& parameters) {
  for (const Parameter* parameter : parameters) {
    Shape rows = shape_of(parameter->value()), columns = rows;
    if (rows.size() < 2) {
      // Keras keeps scalars in these places.
      rows = columns = {};
    } else {
      rows.pop_back();
      columns.erase(columns.end() - 2);
    }
    rows_.push_back(&add_variable(parameter->name(), rows));
    columns_.push_back(&add_variable(parameter->name(), columns));
    velocities_.push_back(&add_slot(*parameter, "velocity"));
  }
}

void Adafactor::average_squares(std::size_t i, const Tensor& gradient, real keep) {
  const real* g = gradient.data();
  real* v = velocities_[i]->data();
  // Below float's smallest normal number by default, but not to be left out: it keeps v from 0.
  const auto least = static_cast<real>(options_.epsilon_1);
  if (gradient.dimension() < 2) {
    for (std::size_t k = 0; k < gradient.size(); ++k)
      v[k] = keep * v[k] + (1 - keep) * (g[k] * g[k] + least);
    return;
  }
  const std::size_t height = gradient.shape(gradient.dimension() - 2);
  const std::size_t width = gradient.shape(gradient.dimension() - 1);
  std::vector<double> means(width);
  for (std::size_t matrix = 0; matrix < gradient.size() / std::max<std::size_t>(height * width, 1);
       ++matrix) {
    const real* values = g + matrix * height * width;
    real* rows = rows_[i]->data() + matrix * height;
    real* columns = columns_[i]->data() + matrix * width;
    std::fill(means.begin(), means.end(), 0.0);
    double mean_of_rows = 0;
    for (std::size_t y = 0; y < height; ++y) {
      double mean = 0;
      for (std::size_t x = 0; x < width; ++x) {
        const double square =
            double{values[y * width + x]} * double{values[y * width + x]} + options_.epsilon_1;
        mean += square / static_cast<double>(width);
        means[x] += square / static_cast<double>(height);
      }
      rows[y] = keep * rows[y] + (1 - keep) * static_cast<real>(mean);
      mean_of_rows += double{rows[y]} / static_cast<double>(height);
    }
    for (std::size_t x = 0; x < width; ++x)
      columns[x] = keep * columns[x] + (1 - keep) * static_cast<real>(means[x]);
    for (std::size_t y = 0; y < height; ++y) {
      const auto row = static_cast<real>(double{rows[y]} / mean_of_rows);
      for (std::size_t x = 0; x < width; ++x)
        v[(matrix * height + y) * width + x] = row * columns[x];
    }
  }
}

void Adafactor::update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) {
  real* w = weight.data();
  const real* g = gradient.data();
  const real* v = velocities_[i]->data();
  const real decay = step.decay;
  for_each_element(weight.size(), [=](std::size_t k) { w[k] -= w[k] * decay; });
  average_squares(i, gradient, static_cast<real>(1 - std::pow(step.count, options_.beta_2_decay)));
  const auto rms = [&](const auto& element) {
    const double sum = chunked_sum(weight.size(), [&](std::size_t begin, std::size_t end) {
      double part = 0;
      for (std::size_t k = begin; k < end; ++k) part += double{element(k)} * double{element(k)};
      return part;
    });
    return weight.size() ? std::sqrt(sum / static_cast<double>(weight.size())) : 0;
  };
  // A schedule is bounded like a number is if `relative_step`: Keras takes the minimum here too.
  const double rate = std::min(double{step.learning_rate}, 1 / std::sqrt(step.count));
  const auto direction = [=](std::size_t k) { return g[k] / std::sqrt(v[k]); };
  const double length = std::max(options_.epsilon_2, rms([=](std::size_t k) { return w[k]; }));
  const auto alpha =
      static_cast<real>(rate * length / std::max(1.0, rms(direction) / options_.clip_threshold));
  for_each_element(weight.size(), [=](std::size_t k) { w[k] -= alpha * direction(k); });
}

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
