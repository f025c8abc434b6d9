#include "muon.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <regex>

#include "../../framework/base/reduce.hpp"
#include "../../framework/kernels/gemm.hpp"
#include "optimizer_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {

template class WithOptimizerOptions<Muon, MuonOptions>;

void MuonOptions::describe(Fields& fields) {
  fields("adam_beta_1", adam_beta_1)("adam_beta_2", adam_beta_2)("epsilon", epsilon)(
      "exclude_layers", exclude_layers)("muon_a", muon_a)("muon_b", muon_b)("muon_c", muon_c)(
      "adam_lr_ratio", adam_lr_ratio)("momentum", momentum)("ns_steps", ns_steps)(
      "nesterov", nesterov)("exclude_embeddings", exclude_embeddings)(
      "adam_weight_decay", adam_weight_decay)("rms_rate", rms_rate);
}

Muon::Muon(MuonOptions options, OptimizerOptions base)
    : WithOptimizerOptions(std::move(options), std::move(base)) {
  if (!base_.weight_decay) base_.weight_decay = default_weight_decay();
}

bool Muon::uses_adamw(const Parameter& parameter) const {
  if (parameter.value().dimension() != 2) return true;
  std::string path = parameter.path();
  for (const std::string& name : options_.exclude_layers)
    if (std::regex_search(path, std::regex(name))) return true;
  std::transform(path.begin(), path.end(), path.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return options_.exclude_embeddings && path.find("embedding") != std::string::npos;
}

std::optional<double> Muon::weight_decay(const Parameter& parameter) const {
  return uses_adamw(parameter) ? options_.adam_weight_decay : base_.weight_decay;
}

void Muon::build_slots(const std::vector<Parameter*>& parameters) {
  for (const Parameter* parameter : parameters) {
    momentums_.push_back(&add_slot(*parameter, "momentum"));
    velocities_.push_back(uses_adamw(*parameter) ? &add_slot(*parameter, "velocity") : nullptr);
  }
}

Tensor Muon::orthogonalized(const Tensor& matrix) const {
  const std::size_t height = matrix.shape(0), width = matrix.shape(1);
  // The iteration works on the smaller of the two Gram matrices.
  const bool tall = height > width;
  const std::size_t n = std::min(height, width), m = std::max(height, width);
  const double norm = std::sqrt(chunked_sum(matrix.size(), [&](std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t k = begin; k < end; ++k)
      sum += double{matrix.data()[k]} * double{matrix.data()[k]};
    return sum;
  }));
  const auto scale = static_cast<real>(1 / (norm + 1e-7));
  const Shape shape = {static_cast<Dim>(n), static_cast<Dim>(m)};
  const Shape square = {static_cast<Dim>(n), static_cast<Dim>(n)};
  Tensor x = empty(shape), next = empty(shape), gram = empty(square), poly = empty(square);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < m; ++j)
      x.data()[i * m + j] = scale * matrix.data()[tall ? j * n + i : i * m + j];
  const auto a = static_cast<real>(options_.muon_a), b = static_cast<real>(options_.muon_b),
             c = static_cast<real>(options_.muon_c);
  using kernels::Transpose;
  for (std::int64_t iteration = 0; iteration < options_.ns_steps; ++iteration) {
    kernels::gemm<real>(Transpose::no, Transpose::yes, n, n, m, x.data(), m, x.data(), m, 0,
                        gram.data(), n);
    kernels::gemm<real>(Transpose::no, Transpose::no, n, n, n, gram.data(), n, gram.data(), n, 0,
                        poly.data(), n);
    for (std::size_t k = 0; k < n * n; ++k)
      poly.data()[k] = b * gram.data()[k] + c * poly.data()[k];
    kernels::gemm<real>(Transpose::no, Transpose::no, n, m, n, poly.data(), n, x.data(), m, 0,
                        next.data(), m);
    for (std::size_t k = 0; k < n * m; ++k) x.data()[k] = a * x.data()[k] + next.data()[k];
  }
  Tensor result = empty({static_cast<Dim>(height), static_cast<Dim>(width)});
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < m; ++j)
      result.data()[tall ? j * n + i : i * m + j] = x.data()[i * m + j];
  return result;
}

void Muon::adamw_update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) {
  real* w = weight.data();
  const real* g = gradient.data();
  real* m = momentums_[i]->data();
  real* v = velocities_[i]->data();
  const auto rest_1 = static_cast<real>(1 - options_.adam_beta_1);
  const auto rest_2 = static_cast<real>(1 - options_.adam_beta_2);
  const auto epsilon = static_cast<real>(options_.epsilon);
  const auto alpha = static_cast<real>(double{step.learning_rate} * options_.adam_lr_ratio *
                                       std::sqrt(1 - std::pow(options_.adam_beta_2, step.count)) /
                                       (1 - std::pow(options_.adam_beta_1, step.count)));
  const real decay = step.decay;
  for_each_element(weight.size(), [=](std::size_t k) {
    m[k] += (g[k] - m[k]) * rest_1;
    v[k] += (g[k] * g[k] - v[k]) * rest_2;
    w[k] -= w[k] * decay + alpha * m[k] / (std::sqrt(v[k]) + epsilon);
  });
}

void Muon::update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) {
  if (velocities_[i]) return adamw_update(i, weight, gradient, step);
  const auto momentum = static_cast<real>(options_.momentum);
  real* w = weight.data();
  const real* g = gradient.data();
  real* m = momentums_[i]->data();
  Tensor direction = empty(shape_of(weight));
  real* d = direction.data();
  const bool nesterov = options_.nesterov;
  for_each_element(weight.size(), [=](std::size_t k) {
    m[k] = momentum * m[k] + g[k];
    d[k] = nesterov ? g[k] + momentum * m[k] : m[k];
  });
  direction = orthogonalized(direction);
  const auto height = static_cast<double>(weight.shape(0));
  const auto width = static_cast<double>(weight.shape(1));
  const double length = options_.rms_rate ? *options_.rms_rate * std::sqrt(std::max(height, width))
                                          : std::sqrt(std::max(1.0, height / width));
  const auto rate = static_cast<real>(length * double{step.learning_rate});
  const real decay = step.decay;
  const real* u = direction.data();
  for_each_element(weight.size(), [=](std::size_t k) { w[k] -= w[k] * decay + rate * u[k]; });
}

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
